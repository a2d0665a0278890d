import AWSClient
import Glibc

/// The desktop's way to open a file.
enum Browser {
  /// Opens a file with the desktop's opener.
  /// - Returns: false without a desktop, without an opener, or when the opener fails.
  static func open(_ path: String, variables: [String: String] = Environment.current.variables) -> Bool {
    guard let opener = opener(variables) else { return false }
    var environment = ChildProcess.cleanEnvironment(variables, keeping: desktopVariables)
    environment["BROWSER"] = variables["BROWSER"]
    guard let child = try? ChildProcess.start([opener, path], environment: environment, outputToError: true, detached: true) else {
      return false
    }
    return child.wait() == 0
  }

  /// The program that opens files; nil without a desktop.
  static func opener(_ variables: [String: String]) -> String? {
    let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { variables[$0]?.isEmpty == false }
    guard hasDesktop else { return nil }
    return (variables["PATH"] ?? "").split(separator: ":").map { "\($0)/xdg-open" }.first { access($0, X_OK) == 0 }
  }

  private static let desktopVariables: Set<String> = [
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "XDG_DATA_DIRS",
    "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "USER", "LOGNAME", "SHELL",
  ]
}
