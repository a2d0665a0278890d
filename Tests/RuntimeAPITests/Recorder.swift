import Foundation
import RuntimeAPI

/// Writes down what an environment tells.
final class Recorder: ExecutionObserver {
  private(set) var lines: [String] = []
  private(set) var outcomes: [Outcome] = []
  private(set) var reports: [InvocationReport] = []
  private(set) var streamed: [[UInt8]] = []
  private(set) var streamedContentType: String?
  private(set) var starts = 0
  private(set) var peakMemoryKilobytes = 0

  func logged(_ line: String) { lines.append(line) }
  func started(nanoseconds: Int64, _ usage: ResourceUsage?) { starts += 1 }
  func streamed(_ bytes: [UInt8], contentType: String?, requestID: String) {
    if bytes.isEmpty { streamedContentType = contentType } else { streamed.append(bytes) }
  }
  func answered(_ requestID: String, _ outcome: Outcome, roundTripNanoseconds: Int64) { outcomes.append(outcome) }
  func completed(_ report: InvocationReport, peakMemoryKilobytes: Int) {
    reports.append(report)
    self.peakMemoryKilobytes = peakMemoryKilobytes
  }

  var failures: [FunctionFailure] { outcomes.compactMap { if case .failure(let failure) = $0 { failure } else { nil } } }
  var bodies: [String] {
    outcomes.compactMap { if case .response(let response) = $0 { String(decoding: response.body, as: UTF8.self) } else { nil } }
  }
}

/// A folder that goes away with the test, and programs in it: bash speaks HTTP well enough.
final class ScriptFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("runtime-api-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A program that has these functions: `next` asks for an event (id, body), `post PATH BODY [FIELD]` sends something (status, body).
  func script(_ text: String, name: String = "bootstrap") throws -> String {
    let library = #"""
      #!/bin/bash
      cd "${0%/*}"
      connect() { exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"; }
      receive() {
        local line length=0
        status=; body=
        while IFS= read -r line <&3; do
          line=${line%$'\r'}
          case "$line" in
            '') break ;;
            HTTP/1.1*) status=${line#HTTP/1.1 }; status=${status%% *} ;;
            Lambda-Runtime-Aws-Request-Id:*) id=${line#*: } ;;
            Lambda-Runtime-Invocation-Id:*) invocation=${line#*: } ;;
            Lambda-Extension-Identifier:*) extension=${line#*: } ;;
            Content-Length:*) length=${line#*: } ;;
          esac
        done
        if [ "$length" -gt 0 ]; then IFS= LC_ALL=C read -r -N "$length" body <&3; fi
      }
      next() { printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n' >&3; receive; }
      post() { printf 'POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s' "$1" "${3:+$3$'\r\n'}" "${#2}" "$2" >&3; receive; }
      respond() { post "/2018-06-01/runtime/invocation/$id/response" "$1" "$2"; }
      connect

      """#
    return try file(name, library + text + "\n")
  }

  func file(_ name: String, _ text: String, mode: Int = 0o755) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }

  /// What a program has written there; empty when it has not.
  func text(_ name: String) -> String { (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? "" }
}

extension ExecutionEnvironment {
  /// Runs a program with these events, one after another.
  static func run(
    _ program: String, _ events: [String], extensions: [String] = [], _ change: (inout FunctionConfiguration) -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws -> Recorder {
    var configuration = FunctionConfiguration(name: "f")
    change(&configuration)
    let recorder = Recorder()
    let variables = ["PATH": "/usr/bin:/bin"]
    var programs: [String: Program] = [:]
    for path in extensions {
      programs[path.split(separator: "/").last.map(String.init) ?? path] = Program(path: path, environment: variables)
    }
    let environment = try ExecutionEnvironment(
      configuration, program: Program(path: program, environment: variables.merging(configuration.variables(taskRoot: "/")) { $1 }),
      extensions: programs, observer: recorder)
    var rest = events[...]
    var number = 0
    environment.run(
      {
        number += 1
        return rest.popFirst().map { Invocation(requestID: "r-\(number)", event: Array($0.utf8)) }
      }, isInterrupted: isInterrupted)
    return recorder
  }
}
