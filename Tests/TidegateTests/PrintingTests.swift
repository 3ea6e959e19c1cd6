import Testing

@testable import Tidegate

@Suite("Printing")
struct PrintingTests {
    @Test("A table's columns are as wide as their widest cell, and numbers stand to the right")
    func table() {
        var table = TextTable(columns: ["service", "lag", "note"])
        table.add(["ingestor", "7", "-"])
        table.add(["risk-gate", "1234", "late"])
        #expect(
            table.text == """
                service     lag  note
                ingestor      7  -
                risk-gate  1234  late
                """)
    }

    @Test("A column with words among its numbers stands to the left, and one with nothing to tell stays with numbers")
    func alignment() {
        var table = TextTable(columns: ["a", "b"])
        table.add(["1", "20 MB"])
        table.add(["xy", "-"])
        table.add(["12", "1.5 kB"])
        #expect(table.text == "a        b\n1    20 MB\nxy       -\n12  1.5 kB")
    }

    @Test("A progress line has the share, the rate and the time that is left")
    func progress() {
        var state = ProgressState(label: "train", total: 20, done: 10, seconds: 5)
        #expect(state.line(bar: 10) == "train  [#####-----]  50 %  10/20  2.00/s  ETA 5.0 s")
        #expect(state.line(bar: 0) == "train  50 %  10/20  2.00/s  ETA 5.0 s")
        state.note = "fold 2"
        state.done = 20
        #expect(state.line(bar: 4) == "train  [####]  100 %  20/20  4.00/s  fold 2")
    }

    @Test("Work that is resumed is timed by what was done since, and work without an end has no ETA")
    func resumedProgress() {
        let resumed = ProgressState(label: "record", total: 300, begin: 100, done: 200, seconds: 10)
        #expect(resumed.rate == 10 && resumed.remaining == 10)
        let endless = ProgressState(label: "record", total: nil, done: 50, seconds: 2)
        #expect(endless.remaining == nil && endless.line(bar: 10) == "record  50  25/s")
    }

    @Test(
        "Durations are told in the unit that fits",
        arguments: [
            (0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (185, "3m 05s"), (7800, "2h 10m"), (356_400, "4d 3h"),
            (.infinity, "?"),
        ])
    func durations(seconds: Double, text: String) { #expect(Figures.duration(seconds) == text) }

    @Test(
        "Bytes go from one unit to the next at a thousand",
        arguments: [
            (Int64(999), "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_960, "1.0 MB"),
            (12_000_000_000, "12.0 GB"),
        ])
    func bytes(count: Int64, text: String) { #expect(Figures.bytes(count) == text) }

    private struct Sample: Encodable {
        let restartCount: Int
        @Nullable var lastError: String?
        let path: String
        let value: Double
    }

    @Test("JSON has sorted snake_case keys, plain slashes, and null for what is absent")
    func json() throws {
        let line = try JSONOutput.line(Sample(restartCount: 2, lastError: nil, path: "a/b", value: .nan))
        #expect(line == #"{"last_error":null,"path":"a/b","restart_count":2,"value":"nan"}"#)
    }

    @Test("JSON that somebody else wrote is passed on as it is, numbers to the last digit")
    func foreignJSON() throws {
        let text = #"{"accuracy":0.5312499999999999,"folds":[1,2],"modelName":"x","none":null,"ok":true}"#
        let value = try JSONValue(parsing: text)
        #expect(try JSONOutput.line(value) == text)
        #expect(value.leaves.map(\.path) == ["accuracy", "folds", "modelName", "none", "ok"])
        #expect(value.leaves.map(\.text) == ["0.5312499999999999", "1 2", "x", "-", "true"])
    }
}
