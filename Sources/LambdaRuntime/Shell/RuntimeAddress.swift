internal import Glibc

/// Where the Runtime API listens: the value of AWS_LAMBDA_RUNTIME_API, an IP address and a port.
struct RuntimeAddress: Sendable {
  let authority: String
  private let address: in_addr_t
  private let port: UInt16

  /// - Throws: `ConfigurationError` for anything but "address:port"; names are not looked up, since Lambda sends an address.
  init(_ environment: LambdaEnvironment) throws(ConfigurationError) {
    let variable = "AWS_LAMBDA_RUNTIME_API"
    let authority = try environment.required(
      variable, "the address of a Lambda Runtime API: this program is a Lambda function and runs on Lambda or a local stand-in for it")
    func invalid() -> ConfigurationError {
      ConfigurationError(variable: variable, value: authority, expected: "an IPv4 address and a port, such as 127.0.0.1:9001")
    }
    // Byte by byte: the general ways to take a text apart cost a start as much as the connection does.
    var host: [UInt8] = []
    var digits = 0
    var port = 0
    var isPort = false
    for byte in authority.utf8 {
      if isPort {
        guard byte >= 0x30, byte <= 0x39, digits < 5 else { throw invalid() }
        port = port * 10 + Int(byte - 0x30)
        digits += 1
      } else if byte == UInt8(ascii: ":") {
        isPort = true
      } else {
        host.append(byte)
      }
    }
    guard port > 0, port <= 65535 else { throw invalid() }
    var parsed = in_addr()
    let name = String(decoding: host, as: UTF8.self)
    guard inet_pton(AF_INET, name == "localhost" ? "127.0.0.1" : name, &parsed) == 1 else { throw invalid() }
    self.authority = authority
    self.address = parsed.s_addr
    self.port = UInt16(port)
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
