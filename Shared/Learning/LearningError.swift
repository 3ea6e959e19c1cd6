/// What goes wrong while models are trained, stored and loaded.
public enum LearningError: Error, Equatable, Sendable {
    /// Bytes that are no safetensors file.
    case safeTensors(String)
    /// A file lacks a tensor, or has one too many, or one of another shape or type.
    case tensor(name: String, reason: String)
    /// A checkpoint that belongs to another training.
    case checkpoint(String)
    /// The loss or the gradient is no longer a number.
    case diverged(epoch: Int, batch: Int)
    /// Training data that contradict themselves.
    case data(String)
    /// A setting outside its range.
    case configuration(String)
}

extension LearningError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .safeTensors(let reason): "not a safetensors file: \(reason)"
        case .tensor(let name, let reason): "tensor \"\(name.prefix(128))\" \(reason)"
        case .checkpoint(let reason): "the checkpoint does not fit: \(reason)"
        case .diverged(let epoch, let batch): "the training diverged in epoch \(epoch), batch \(batch)"
        case .data(let reason): "the training data are wrong: \(reason)"
        case .configuration(let reason): "the configuration is wrong: \(reason)"
        }
    }
}
