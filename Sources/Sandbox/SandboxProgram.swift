/// What is started as the child: an executable that begins with `SandboxChild.runIfAsked()`.
public struct SandboxProgram: Sendable, Equatable {
  /// The argument that asks an executable to be the child.
  public static let argument = "--run-sandboxed-module"

  /// An absolute path; nil for the executable that runs now.
  public var path: String?
  /// What follows the program's name.
  public var arguments: [String]

  /// The executable that runs now, which therefore must begin with `SandboxChild.runIfAsked()`.
  public static var current: SandboxProgram { SandboxProgram(path: nil) }

  public init(path: String?, arguments: [String] = [SandboxProgram.argument]) {
    self.path = path
    self.arguments = arguments
  }
}
