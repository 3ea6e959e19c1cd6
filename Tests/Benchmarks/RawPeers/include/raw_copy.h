#pragma once
#include <stddef.h>
#include <stdint.h>

// The peer that the store is measured against: candles through libpq with nothing around it.

struct raw_candle {
    // Microseconds since 2000-01-01, as the server counts.
    int64_t open_time;
    double open, high, low, close, volume;
    int64_t position;
};

// Writes the candles by one binary COPY. Returns the number of rows, or -1 after printing the error.
int64_t raw_copy(const char *connection, const char *instrument, const struct raw_candle *candles, int64_t count);

// Writes the candles in transactions of `chunk` rows: COPY into a temporary table, then INSERT … ON CONFLICT DO NOTHING.
// Returns the number of rows that were new, or -1 after printing the error.
int64_t raw_insert_missing(
    const char *connection, const char *instrument, const struct raw_candle *candles, int64_t count, int64_t chunk);
