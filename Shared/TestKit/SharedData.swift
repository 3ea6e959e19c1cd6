public import Foundation

/// The folder of recorded market data and golden files that some suites compare with.
///
/// It is the one named by the environment variable `TIDEGATE_SHARED`, or `../shared` beside the package. A suite that
/// needs it is written `.enabled(if: SharedData.required || SharedData.folder != nil)` and begins with
/// `try #require(SharedData.folder)`: skipped where the folder is absent, red where continuous integration requires it.
public enum SharedData {
    /// The folder; `nil` where there is none.
    public static var folder: URL? {
        let folder: URL
        if let named = ProcessInfo.processInfo.environment["TIDEGATE_SHARED"], !named.isEmpty {
            folder = URL(fileURLWithPath: named, isDirectory: true)
        } else {
            let source = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            // From <package>/Shared/TestKit/SharedData.swift to the folder that the package lies in.
            let parent = (0..<4).reduce(source) { path, _ in path.deletingLastPathComponent() }
            folder = parent.appendingPathComponent("shared", isDirectory: true)
        }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
        return exists && isFolder.boolValue ? folder : nil
    }

    /// Whether a missing folder is a failure: in continuous integration, where `CI` is `true`.
    public static var required: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }
}
