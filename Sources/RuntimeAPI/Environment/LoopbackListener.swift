internal import Glibc

enum LoopbackListener {
  /// Listens on a port of 127.0.0.1 that the system chooses.
  static func listen() throws(RuntimeAPIError) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw RuntimeAPIError(call: "socket") }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let succeeded = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && Glibc.listen(descriptor, 128) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard succeeded else {
      let error = RuntimeAPIError(call: "listen on 127.0.0.1")
      close(descriptor)
      throw error
    }
    return (descriptor, UInt16(bigEndian: name.sin_port))
  }
}
