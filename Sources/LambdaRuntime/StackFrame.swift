/// One step of the way that led to an error, innermost first: what a stack trace is made of.
public struct StackFrame: Sendable, Equatable {
  /// The function, as a person would name it.
  public let function: String
  /// The source file, as `#fileID` gives it.
  public let file: String
  /// The line of the file, from 1.
  public let line: Int

  public init(function: String, file: String, line: Int) {
    self.function = function
    self.file = file
    self.line = line
  }

  /// The place of the call.
  public static func here(function: String = #function, file: String = #fileID, line: Int = #line) -> StackFrame {
    StackFrame(function: function, file: file, line: line)
  }
}

/// An error that knows where it came from. Swift's errors carry no stack, so one that wants a stack trace in Lambda's and X-Ray's reports
/// notes its frames itself: `init(function: String = #function, file: String = #fileID, line: Int = #line)` knows the place of the `throw`.
public protocol TracedError: Error {
  /// Innermost first; Lambda and X-Ray are told of the first 50.
  var stackFrames: [StackFrame] { get }
}
