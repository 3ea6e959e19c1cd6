import Evaluation
import Models
import Schema
import Testing

@Suite("Labellings as texts")
struct LabellingTextTests {
    private static let hour = Timeframe.hour1.nanoseconds

    @Test("A text is read, and what is written is read as the same")
    func read() throws {
        let labellings: [(String, Labelling)] = [
            ("direction(after: 1h)", .direction(after: Self.hour)),
            ("moves(after: 5h)", .moves(after: 5 * Self.hour, bounds: .standard)),
            (
                "moves(after: 90m, weak: 1%, strong: 4%)",
                .moves(after: 3 * Self.hour / 2, bounds: MoveBounds(weak: 0.01, strong: 0.04))
            ),
            (
                "barriers(up: 2%, down: 1%, within: 1d)",
                .barriers(TripleBarrier(upper: 0.02, lower: 0.01, unit: .fraction, horizon: 24 * Self.hour))
            ),
            (
                "barriers(up: 1.5, within: 4h)",
                .barriers(TripleBarrier(upper: 1.5, lower: nil, unit: .volatility, horizon: 4 * Self.hour))
            ),
        ]
        for (text, labelling) in labellings {
            #expect(try Labelling(parsing: text) == labelling)
            #expect(try Labelling(parsing: "\(labelling)") == labelling)
        }
    }

    @Test(
        "What stands for no labelling is refused with a reason",
        arguments: [
            ("coin(after: 1h)", "none of"), ("direction()", "field and its value"),
            ("direction(after: 3)", "time above"),
            ("direction(after: 0h)", "time above"), ("direction(after: 1h, up: 2%)", "no field up"),
            ("moves(after: 1h, weak: 2%, strong: 1%)", "strong above weak"), ("moves(after: 1h, weak: 2)", "share"),
            ("barriers(within: 1h)", "up or down"), ("barriers(up: 2%, down: 2, within: 1h)", "both"),
            ("barriers(up: -1, within: 1h)", "above zero"), ("barriers(up: 2%)", "no within"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: EvaluationError.self) { try Labelling(parsing: text) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
}
