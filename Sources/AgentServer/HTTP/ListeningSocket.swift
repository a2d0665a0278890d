internal import Glibc

/// A socket that listens for connections.
struct ListeningSocket {
  let descriptor: Int32
  /// The port that the system chose, when none was asked for.
  let port: UInt16

  /// Connections that the kernel keeps until they are taken.
  private static let backlog: Int32 = 128

  init(host: String, port: UInt16) throws(AgentServerError) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw AgentServerError(.invalidSetting, "\"\(host)\" is no IPv4 address to listen at")
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw AgentServerError(.cannotListen, "no socket can be made: \(Self.reason(errno))") }
    // A port whose last connections are still being closed is free.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(descriptor, pointer, length) == 0, listen(descriptor, Self.backlog) == 0 else { return errno }
        return getsockname(descriptor, pointer, &length) == 0 ? 0 : errno
      }
    }
    guard status == 0 else {
      close(descriptor)
      if status == EADDRINUSE {
        throw AgentServerError(
          .addressInUse, "port \(port) of \(host) is taken by another process: end that one, or set PORT to a port that is free")
      }
      throw AgentServerError(.cannotListen, "port \(port) of \(host) cannot be listened at: \(Self.reason(status))")
    }
    self.descriptor = descriptor
    self.port = UInt16(bigEndian: address.sin_port)
  }

  private static func reason(_ error: Int32) -> String {
    switch error {
    case EACCES: "the process may not (EACCES); ports below 1024 are the administrator's"
    case EADDRNOTAVAIL: "the address is none of this machine's (EADDRNOTAVAIL)"
    case EMFILE, ENFILE: "too many files are open (\(error))"
    default: "error \(error) of the system"
    }
  }
}
