internal import Glibc

/// Where the Runtime API listens: the value of AWS_LAMBDA_RUNTIME_API, an IP address and a port.
struct RuntimeAddress: Sendable {
  let authority: String
  private let address: in_addr_t
  private let port: UInt16

  /// - Throws: `ConfigurationError` for anything but "address:port"; names are not looked up, since Lambda sends an address.
  init(_ environment: LambdaEnvironment) throws(ConfigurationError) {
    let name = "AWS_LAMBDA_RUNTIME_API"
    let authority = try environment.required(
      name, "the address of a Lambda Runtime API: this program is a Lambda function and runs on Lambda or a local stand-in for it")
    func invalid() -> ConfigurationError {
      ConfigurationError(variable: name, value: authority, expected: "an IPv4 address and a port, such as 127.0.0.1:9001")
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { throw invalid() }
    var parsed = in_addr()
    guard inet_pton(AF_INET, parts[0] == "localhost" ? "127.0.0.1" : String(parts[0]), &parsed) == 1 else { throw invalid() }
    self.authority = authority
    self.address = parsed.s_addr
    self.port = port
  }

  /// A connected socket.
  func connect() -> Result<Int32, SystemError> {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .failure(SystemError("socket")) }
    // Each request is one write, so there is nothing that Nagle's algorithm could gather.
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = address
    let status = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        retryingInterrupts { Glibc.connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
    }
    guard status == 0 else {
      let error = SystemError("connect to \(authority)")
      close(descriptor)
      return .failure(error)
    }
    return .success(descriptor)
  }
}

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
  let description: String

  /// Takes the reason from `errno`.
  init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
}

/// Calls again as long as a signal interrupts the call.
func retryingInterrupts<Value: SignedInteger>(_ call: () -> Value) -> Value {
  while true {
    let result = call()
    if result == -1, errno == EINTR { continue }
    return result
  }
}
