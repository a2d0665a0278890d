public import AWSClient
import Glibc
import JSON
import Synchronization

/// Lets another back end answer, and adds each call with its answer to a file.
public final class RecordingBackEnd: ModelBackEnd {
  private let other: any ModelBackEnd
  private let path: String
  private let descriptor: Mutex<Int32>

  /// - Parameter path: the file to add to; it is made when missing.
  /// - Throws: `LocalCloudError` of code `invalidFile` when it cannot be written.
  public init(_ other: any ModelBackEnd, path: String) throws(LocalCloudError) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw LocalCloudError(.invalidFile, "could not write the recording \(path): \(String(cString: strerror(errno)))")
    }
    self.other = other
    self.path = path
    descriptor = Mutex(file)
  }

  deinit { descriptor.withLock { _ = close($0) } }

  public var summary: String { "\(other.summary); recorded to \(path)" }

  public func answer(_ call: ConverseCall) throws -> ModelAnswer {
    do {
      let answer = try other.answer(call)
      if case .response(let response) = answer { record(call, .response((try? JSONValue(parsing: response.json)) ?? .null)) }
      return answer
    } catch let failure as ModelFailure {
      record(call, .failure(failure))
      throw failure
    }
  }

  public func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws {
    var events: [ConverseFrame] = []
    do {
      try other.stream(call) { event in
        events.append(event)
        try emit(event)
      }
      record(call, .events(events))
    } catch let failure as ModelFailure where events.isEmpty {
      record(call, .failure(failure))
      throw failure
    }
  }

  private func record(_ call: ConverseCall, _ answer: RecordedCall.Answer) {
    let line = RecordedCall(operation: call.operation, modelId: call.modelId, request: call.body, answer: answer).line
    // One write of one line: several servers may add to one file.
    descriptor.withLock { descriptor in _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } }
  }
}
