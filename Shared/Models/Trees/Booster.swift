internal import CXGBoost
internal import Foundation

/// XGBoost's model, behind Swift values.
///
/// It may go from thread to thread, and is not for two at once: its one owner sees to that.
struct Booster: ~Copyable, @unchecked Sendable {
    private let handle: BoosterHandle

    /// An empty model for matrices of these columns.
    init(_ matrices: [TreesMatrix]) throws(TreesError) {
        var handle: BoosterHandle?
        try TreesError.check(
            "XGBoosterCreate",
            withExtendedLifetime(matrices) {
                XGBoosterCreate(matrices.map { Optional($0.handle) }, UInt64(matrices.count), &handle)
            })
        // Set whenever the call succeeds.
        self.handle = handle!
    }

    deinit { XGBoosterFree(handle) }

    func set(_ name: String, _ value: String) throws(TreesError) {
        try TreesError.check("XGBoosterSetParam", XGBoosterSetParam(handle, name, value))
    }

    /// The number of rounds in the model.
    func rounds() throws(TreesError) -> Int {
        var count: Int32 = 0
        try TreesError.check("XGBoosterBoostedRounds", XGBoosterBoostedRounds(handle, &count))
        return Int(count)
    }

    /// Grows one round whose draws of rows and columns depend on `seed` and on nothing that happened before.
    func grow(round: Int, seed: Int, _ training: TreesMatrix) throws(TreesError) {
        // The grower draws columns from a generator that it seeds when it is made, and XGBoost makes it anew only when
        // the method changes. Parameters take effect when the configuration is next asked for.
        var count: bst_ulong = 0
        var text: UnsafePointer<CChar>?
        try set("tree_method", "approx")
        try TreesError.check("XGBoosterSaveJsonConfig", XGBoosterSaveJsonConfig(handle, &count, &text))
        try set("tree_method", "hist")
        try set("seed", "\(seed)")
        try TreesError.check(
            "XGBoosterUpdateOneIter",
            withExtendedLifetime(training) { XGBoosterUpdateOneIter(handle, Int32(round), training.handle) })
    }

    /// The logarithmic loss on each matrix.
    func losses(round: Int, _ matrices: [TreesMatrix]) throws(TreesError) -> [Double] {
        var text: UnsafePointer<CChar>?
        let names = matrices.indices.map { strdup("\($0)") }
        defer { names.forEach { free($0) } }
        var pointers = names.map { UnsafePointer($0) }
        var handles = matrices.map { Optional($0.handle) }
        try TreesError.check(
            "XGBoosterEvalOneIter",
            withExtendedLifetime(matrices) {
                XGBoosterEvalOneIter(handle, Int32(round), &handles, &pointers, UInt64(matrices.count), &text)
            })
        // For example "[7]\t0-logloss:0.51\t1-logloss:0.62".
        let line = text.map { String(cString: $0) } ?? ""
        let losses = line.split(separator: "\t").dropFirst().compactMap { part in
            part.split(separator: ":").last.flatMap { Double($0) }
        }
        guard losses.count == matrices.count else {
            throw .library(function: "XGBoosterEvalOneIter", reason: "cannot read \"\(line)\"")
        }
        return losses
    }

    /// Names the columns, in order.
    func set(columns: [String]) throws(TreesError) {
        let names = columns.map { strdup($0) }
        defer { names.forEach { free($0) } }
        var pointers = names.map { UnsafePointer($0) }
        try TreesError.check(
            "XGBoosterSetStrFeatureInfo",
            XGBoosterSetStrFeatureInfo(handle, "feature_name", &pointers, UInt64(columns.count)))
    }

    subscript(attribute key: String) -> String? {
        var text: UnsafePointer<CChar>?
        var found: Int32 = 0
        guard XGBoosterGetAttr(handle, key, &text, &found) == 0, found == 1, let text else { return nil }
        return String(cString: text)
    }

    func set(attribute key: String, _ value: String) throws(TreesError) {
        try TreesError.check("XGBoosterSetAttr", XGBoosterSetAttr(handle, key, value))
    }

    /// The leaf of each tree of the first `rounds` rounds (0: of all) for each row of a matrix, `[row, tree]`.
    func leaves(_ matrix: TreesMatrix, rounds: Int) throws(TreesError) -> [Int] {
        // Type 6 asks for leaves.
        let configuration = """
            {"type":6,"training":false,"iteration_begin":0,"iteration_end":\(rounds),"strict_shape":false}
            """
        var shape: UnsafePointer<bst_ulong>?
        var rank: bst_ulong = 0
        var result: UnsafePointer<Float>?
        try TreesError.check(
            "XGBoosterPredictFromDMatrix",
            withExtendedLifetime(matrix) {
                XGBoosterPredictFromDMatrix(handle, matrix.handle, configuration, &shape, &rank, &result)
            })
        let count = (0..<Int(rank)).reduce(1) { $0 * Int(shape?[$1] ?? 0) }
        guard let result, count.isMultiple(of: matrix.rows) else {
            throw .library(function: "XGBoosterPredictFromDMatrix", reason: "\(count) leaves for \(matrix.rows) rows")
        }
        return UnsafeBufferPointer(start: result, count: count).map { Int($0) }
    }

    /// The mean gain of the splits on each column that the model splits on.
    func gains() throws(TreesError) -> [String: Double] {
        var count: bst_ulong = 0
        var rank: bst_ulong = 0
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var shape: UnsafePointer<bst_ulong>?
        var scores: UnsafePointer<Float>?
        try TreesError.check(
            "XGBoosterFeatureScore",
            XGBoosterFeatureScore(
                handle, #"{"importance_type":"gain"}"#, &count, &names, &rank, &shape, &scores))
        guard let names, let scores else { return [:] }
        var gains: [String: Double] = [:]
        for index in 0..<Int(count) {
            if let name = names[index] { gains[String(cString: name)] = Double(scores[index]) }
        }
        return gains
    }

    /// The model as XGBoost's JSON.
    func json() throws(TreesError) -> [UInt8] {
        var count: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        try TreesError.check(
            "XGBoosterSaveModelToBuffer",
            XGBoosterSaveModelToBuffer(handle, #"{"format":"json"}"#, &count, &bytes))
        return bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(count))) } ?? []
    }

    /// Replaces the model by one in XGBoost's JSON; ``TreesModel`` has checked it.
    func load(_ json: [UInt8]) throws(TreesError) {
        try TreesError.check(
            "XGBoosterLoadModelFromBuffer", XGBoosterLoadModelFromBuffer(handle, json, UInt64(json.count)))
    }
}
