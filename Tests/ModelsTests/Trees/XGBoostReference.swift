import CXGBoost
import Testing

/// XGBoost's own prediction of a model, by its C API.
final class XGBoostReference {
    private let booster: BoosterHandle

    init(_ json: [UInt8]) throws {
        var handle: BoosterHandle?
        try #require(XGBoosterCreate(nil, 0, &handle) == 0)
        booster = try #require(handle)
        try #require(XGBoosterLoadModelFromBuffer(booster, json, UInt64(json.count)) == 0)
        try #require(XGBoosterSetParam(booster, "nthread", "1") == 0)
    }

    deinit { XGBoosterFree(booster) }

    /// A number for each row, from the first `rounds` rounds (0: from all); a value that is not finite is missing.
    func predict(_ rows: [Float], columns: Int, margin: Bool, rounds: Int = 0) throws -> [Float] {
        let finite = rows.map { $0.isFinite ? $0 : .nan }
        var matrix: DMatrixHandle?
        let count = UInt64(rows.count / columns)
        try #require(XGDMatrixCreateFromMat_omp(finite, count, UInt64(columns), .nan, &matrix, 1) == 0)
        defer { XGDMatrixFree(matrix) }
        let call = """
            {"type":\(margin ? 1 : 0),"training":false,"iteration_begin":0,"iteration_end":\(rounds),"strict_shape":false}
            """
        var shape: UnsafePointer<bst_ulong>?
        var rank: bst_ulong = 0
        var result: UnsafePointer<Float>?
        try #require(XGBoosterPredictFromDMatrix(booster, matrix, call, &shape, &rank, &result) == 0)
        try #require(rank == 1 && shape?[0] == count)
        return Array(UnsafeBufferPointer(start: result, count: Int(count)))
    }
}
