#include "raw_copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

enum { buffer_bytes = 1 << 16, row_bytes = 512 };
#define COLUMNS "instrument, timeframe, open_time, open, high, low, close, volume, source, position"

struct rows {
    char bytes[buffer_bytes + row_bytes];
    size_t count;
};

static void put(struct rows *rows, const void *bytes, size_t count) {
    memcpy(rows->bytes + rows->count, bytes, count);
    rows->count += count;
}

static void put16(struct rows *rows, uint16_t value) {
    value = __builtin_bswap16(value);
    put(rows, &value, sizeof value);
}

static void put32(struct rows *rows, uint32_t value) {
    value = __builtin_bswap32(value);
    put(rows, &value, sizeof value);
}

static void put64(struct rows *rows, uint64_t value) {
    put32(rows, 8);
    value = __builtin_bswap64(value);
    put(rows, &value, sizeof value);
}

static void put_double(struct rows *rows, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put64(rows, bits);
}

static void put_text(struct rows *rows, const char *text) {
    size_t length = strlen(text);
    put32(rows, (uint32_t)length);
    put(rows, text, length);
}

static void put_candle(struct rows *rows, const char *instrument, const struct raw_candle *candle) {
    put16(rows, 10);
    put_text(rows, instrument);
    put_text(rows, "1m");
    put64(rows, (uint64_t)candle->open_time);
    put_double(rows, candle->open);
    put_double(rows, candle->high);
    put_double(rows, candle->low);
    put_double(rows, candle->close);
    put_double(rows, candle->volume);
    put_text(rows, "file");
    put64(rows, (uint64_t)candle->position);
}

static int64_t failed(PGconn *connection, PGresult *result) {
    fprintf(stderr, "raw_copy: %s", PQerrorMessage(connection));
    PQclear(result);
    return -1;
}

static int64_t affected(PGconn *connection, PGresult *result, ExecStatusType expected) {
    if (PQresultStatus(result) != expected) return failed(connection, result);
    int64_t rows = atoll(PQcmdTuples(result));
    PQclear(result);
    return rows;
}

static int64_t copy(
    PGconn *connection, const char *statement, const char *instrument, const struct raw_candle *candles,
    int64_t count, struct rows *rows) {
    if (affected(connection, PQexec(connection, statement), PGRES_COPY_IN) == -1) return -1;
    static const char header[19] = "PGCOPY\n\377\r\n";
    rows->count = 0;
    put(rows, header, sizeof header);
    for (int64_t index = 0; index < count; index++) {
        put_candle(rows, instrument, &candles[index]);
        if (rows->count < buffer_bytes) continue;
        if (PQputCopyData(connection, rows->bytes, (int)rows->count) != 1) return failed(connection, NULL);
        rows->count = 0;
    }
    put16(rows, 0xFFFF);
    if (PQputCopyData(connection, rows->bytes, (int)rows->count) != 1 || PQputCopyEnd(connection, NULL) != 1)
        return failed(connection, NULL);
    int64_t written = affected(connection, PQgetResult(connection), PGRES_COMMAND_OK);
    PQclear(PQgetResult(connection));
    return written;
}

int64_t raw_copy(const char *string, const char *instrument, const struct raw_candle *candles, int64_t count) {
    PGconn *connection = PQconnectdb(string);
    struct rows *rows = malloc(sizeof *rows);
    int64_t written = copy(
        connection, "COPY candles (" COLUMNS ") FROM STDIN WITH (FORMAT binary)", instrument, candles, count, rows);
    free(rows);
    PQfinish(connection);
    return written;
}

int64_t raw_insert_missing(
    const char *string, const char *instrument, const struct raw_candle *candles, int64_t count, int64_t chunk) {
    PGconn *connection = PQconnectdb(string);
    struct rows *rows = malloc(sizeof *rows);
    int64_t inserted = affected(
        connection,
        PQexec(
            connection,
            "CREATE TEMP TABLE staging ON COMMIT DELETE ROWS AS SELECT " COLUMNS " FROM candles WITH NO DATA"),
        PGRES_COMMAND_OK);
    for (int64_t start = 0; inserted >= 0 && start < count; start += chunk) {
        int64_t length = count - start < chunk ? count - start : chunk;
        PQclear(PQexec(connection, "BEGIN"));
        int64_t staged = copy(
            connection, "COPY staging (" COLUMNS ") FROM STDIN WITH (FORMAT binary)", instrument, candles + start,
            length, rows);
        int64_t new = affected(
            connection,
            PQexec(
                connection, "INSERT INTO candles (" COLUMNS ") SELECT " COLUMNS " FROM staging ON CONFLICT DO NOTHING"),
            PGRES_COMMAND_OK);
        PQclear(PQexec(connection, "COMMIT"));
        inserted = staged == length && new >= 0 ? inserted + new : -1;
    }
    free(rows);
    PQfinish(connection);
    return inserted;
}
