internal import CZeroMQ
internal import Glibc

/// A failed libzmq call.
public struct ZMQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number that `zmq_errno` gave.
    public let code: Int32
    /// The C function that failed, for example `zmq_bind`.
    public let function: String

    public var description: String { "\(function): \(String(cString: zmq_strerror(code))) (\(code))" }

    /// The error of the call that failed last on this thread.
    static func last(_ function: String) -> ZMQError { ZMQError(code: zmq_errno(), function: function) }
}

/// Runs a libzmq call, again when a signal interrupts it, and throws when it returns -1.
@discardableResult
func check(_ function: String, _ call: () -> Int32) throws(BusError) -> Int32 {
    while true {
        let result = call()
        if result != -1 { return result }
        if zmq_errno() != EINTR { throw .socket(.last(function)) }
    }
}
