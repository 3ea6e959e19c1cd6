internal import CXGBoost

extension TreesError {
    /// The call succeeded, or XGBoost's words about it are thrown.
    static func check(_ function: String, _ status: Int32) throws(TreesError) {
        guard status != 0 else { return }
        throw .library(function: function, reason: String(cString: XGBGetLastError()))
    }
}

/// A matrix inside XGBoost; a value that is not finite is missing.
///
/// Never written after it is made.
final class TreesMatrix: @unchecked Sendable {
    let handle: DMatrixHandle
    let rows: Int

    /// Copies row-major `values` in.
    init(_ values: [Float], columns: Int, labels: [Float]) throws(TreesError) {
        var handle: DMatrixHandle?
        let finite = values.map { $0.isFinite ? $0 : .nan }
        try TreesError.check(
            "XGDMatrixCreateFromMat_omp",
            XGDMatrixCreateFromMat_omp(finite, UInt64(labels.count), UInt64(columns), .nan, &handle, 1))
        // Set whenever the call succeeds.
        self.handle = handle!
        rows = labels.count
        try TreesError.check(
            "XGDMatrixSetFloatInfo", XGDMatrixSetFloatInfo(self.handle, "label", labels, UInt64(labels.count)))
    }

    deinit { XGDMatrixFree(handle) }
}
