internal import ArgumentParser

/// The window of recorded candles that a verification runs over, and the models that it trains before.
struct VerificationOptions: ParsableArguments {
    @Option(help: "Folder of recorded candles.") var data: String
    @Option(help: "First moment, for example 2024-02-01.") var from: String
    @Option(help: "Last moment.") var to: String
    @Option(help: "Instruments, comma separated.") var instruments =
        "binance.BTC-USDT,binance.ETH-USDT,binance.SOL-USDT"
    @Option(help: "The timeframe of the recorded candles.") var timeframe = "1h"
    @Option(help: "Where the models' chance, and that of kills, is drawn from.") var seed: UInt64 = 1
    @Option(help: "Bars before the window that the models are trained on.") var history = 3000

    /// Reads the candles and trains the models.
    func input() throws -> VerificationInput {
        try VerificationInput.make(
            instruments: instruments, timeframe: timeframe, folder: data, from: from, to: to, seed: seed,
            historyBars: history)
    }
}
