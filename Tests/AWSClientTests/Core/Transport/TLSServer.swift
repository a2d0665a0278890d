import Glibc

@testable import AWSClient

/// `openssl s_server` for 127.0.0.1, and the files that it needs, in a folder of its own.
final class TLSServer {
  let folder: String
  let port: Int
  private let process: pid_t
  private let output: Int32

  var url: String { "https://127.0.0.1:\(port)/" }
  var authorityFile: String { "\(folder)/authority.pem" }

  struct Failure: Error { let message: String }

  /// - Parameters:
  ///   - certificate: which of the certificates below the server shows; all are for 127.0.0.1.
  ///   - chain: one that it shows besides.
  static func start(certificate: String = "server", chain: String? = nil) throws -> TLSServer {
    let folder = "/tmp/arbiter-tls-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let script = """
      # Without the test's own files: connections of other tests must end when these close them.
      for file in /proc/self/fd/*; do file=${file##*/}; ((file < 3)) || eval "exec $file>&-"; done
      set -e; umask 077; mkdir '\(folder)'; cd '\(folder)'; exec 2>log </dev/null
      key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
      openssl req -x509 $key -subj '/CN=Test Authority' -keyout authority.key -out authority.pem
      openssl req -x509 $key -CA authority.pem -CAkey authority.key -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \\
        -addext basicConstraints=critical,CA:FALSE -keyout server.key -out server.pem
      openssl req -x509 $key -subj '/CN=Test Authority' -keyout namesake.key -out namesake.pem
      openssl x509 -in authority.pem -trustout -addtrust serverAuth -out trusted.pem
      openssl x509 -in authority.pem -trustout -addreject serverAuth -out rejected.pem
      # The authority's name and key in certificates that do not make it one.
      openssl x509 -in authority.pem -signkey authority.key -days 0 -out expired-authority.pem
      openssl req -x509 -key authority.key -subj '/CN=Test Authority' -days 2 -addext basicConstraints=critical,CA:FALSE \\
        -out plain-authority.pem
      # Others for the server, which nobody may trust. They share its key.
      own='openssl req -x509 -key server.key -days 2 -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE'
      $own -subj /CN=127.0.0.1 -out self-signed.pem
      openssl req -new -key server.key -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 |
        openssl x509 -req -copy_extensions copy -CA authority.pem -CAkey authority.key -days 0 -out expired.pem
      $own -subj /CN=127.0.0.1 -CA authority.pem -CAkey authority.key -addext extendedKeyUsage=clientAuth -out client.pem
      openssl req -x509 -key server.key -days 2 -subj /CN=Intermediate -CA authority.pem -CAkey authority.key -out intermediate.pem
      $own -subj /CN=127.0.0.1 -CA intermediate.pem -CAkey server.key -out behind-intermediate.pem
      $own -subj /CN=Other -CA server.pem -CAkey server.key -out behind-server.pem
      exec openssl s_server -accept 127.0.0.1:0 -cert '\(certificate).pem' -key server.key \(chain.map { "-cert_chain \($0).pem" } ?? "") -www
      """
    let (process, output) = try spawn(["/bin/bash", "-c", script])
    // "ACCEPT 127.0.0.1:40123"
    while let line = line(of: output) {
      if line.hasPrefix("ACCEPT "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) {
        return TLSServer(folder: folder, port: port, process: process, output: output)
      }
    }
    close(output)
    waitpid(process, nil, 0)
    let log = FileReader.read("\(folder)/log").map { String(decoding: $0, as: UTF8.self) } ?? "no shell, or no folder"
    throw Failure(message: "openssl (Debian package openssl) serves no TLS: \(log)")
  }

  private init(folder: String, port: Int, process: pid_t, output: Int32) {
    self.folder = folder
    self.port = port
    self.process = process
    self.output = output
  }

  func stop() {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    close(output)
    let names = [
      "authority", "behind-intermediate", "behind-server", "bundle", "client", "expired", "expired-authority", "intermediate", "namesake",
      "plain-authority", "rejected", "self-signed", "server", "trusted",
    ]
    for name in names {
      unlink("\(folder)/\(name).key")
      unlink("\(folder)/\(name).pem")
    }
    unlink("\(folder)/log")
    rmdir(folder)
  }

  /// A file's text, of the folder unless the path is a whole one.
  func text(of path: String) throws -> String {
    guard let bytes = FileReader.read(path.hasPrefix("/") ? path : "\(folder)/\(path)") else { throw Failure(message: "no file \(path)") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a file into the folder and answers with its path.
  func file(_ text: String, named name: String) throws -> String {
    let path = "\(folder)/\(name)"
    guard let file = fopen(path, "w") else { throw Failure(message: "\(path) cannot be written") }
    defer { fclose(file) }
    fputs(text, file)
    return path
  }

  /// A process and its standard output.
  private static func spawn(_ command: [String]) throws -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(message: "no pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let result = posix_spawn(&process, command[0], &actions, nil, &arguments, environ)
    close(ends[1])
    guard result == 0 else {
      close(ends[0])
      throw Failure(message: "\(command[0]) could not be started (error \(result))")
    }
    return (process, ends[0])
  }

  private static func line(of descriptor: Int32) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1 {
      if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }
}
