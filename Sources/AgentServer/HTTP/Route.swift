/// What a request asks for, by its method and path.
enum Route: Equatable {
  case ping
  case invocations
  case notFound
  /// The path is there, for the named method only.
  case methodNotAllowed(allowed: String)

  init(method: String, path: String) {
    switch path {
    case "/ping": self = method == "GET" ? .ping : .methodNotAllowed(allowed: "GET")
    case "/invocations": self = method == "POST" ? .invocations : .methodNotAllowed(allowed: "POST")
    default: self = .notFound
    }
  }
}
