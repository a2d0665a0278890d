import AWSClient
import Glibc

/// Finds the program of a function, and the environment that it would have on Lambda.
struct FunctionProgram {
  /// The function's name as deployed: "supervisor".
  let name: String
  /// The executable.
  let bootstrap: String
  /// A temporary folder that holds it, to be removed afterwards; nil when it was there already.
  let temporaryFolder: String?

  /// Looks for a path to a bootstrap, a folder or a zip, else for a built function of that name.
  static func find(_ argument: String, project: Project?) throws(CommandError) -> FunctionProgram {
    if argument.contains("/") || argument.hasSuffix(".zip") || isProgram(argument) {
      guard Files.exists(argument) else { throw CommandError("there is no file '\(argument)'", exitCode: .notFound) }
      let last = argument.split(separator: "/").last.map(String.init) ?? argument
      if argument.hasSuffix(".zip") { return try unpack(argument, name: kebabCase(String(last.dropLast(4)))) }
      var parts = argument.split(separator: "/").map(String.init)
      if Files.exists(argument + "/bootstrap") {
        return FunctionProgram(name: kebabCase(last), bootstrap: Files.absolute(argument) + "/bootstrap", temporaryFolder: nil)
      }
      if last == "bootstrap", parts.count > 1 { parts.removeLast() }
      return FunctionProgram(name: kebabCase(parts.last ?? "function"), bootstrap: Files.absolute(argument), temporaryFolder: nil)
    }
    guard let project else {
      throw CommandError("no Arbiter checkout here or above: give the path of a bootstrap or a zip", exitCode: .notFound)
    }
    let name = kebabCase(argument)
    let product = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let candidates = [
      "\(project.root)/.build/functions/\(product)/bootstrap", "\(project.root)/dist/\(name).zip",
      "\(project.root)/.build/release/\(product)", "\(project.root)/.build/debug/\(product)",
    ]
    guard let found = candidates.first(where: Files.exists) else {
      throw CommandError(
        "no function '\(argument)': looked for \(candidates.joined(separator: ", ")). Run 'make package', or give a path",
        exitCode: .notFound)
    }
    return found.hasSuffix(".zip")
      ? try unpack(found, name: name) : FunctionProgram(name: name, bootstrap: found, temporaryFolder: nil)
  }

  /// The folder that a function finds as LAMBDA_TASK_ROOT.
  var folder: String { bootstrap.split(separator: "/").dropLast().map { "/" + $0 }.joined() }

  func removeTemporaryFolder() { if let temporaryFolder { Files.removeTree(temporaryFolder) } }

  /// True for a file that could be run.
  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// Unpacks with the rights that the zip gives its files; those of a zip that gives none are the usual ones.
  private static let unpacker = """
    import os, sys, zipfile
    with zipfile.ZipFile(sys.argv[1]) as archive:
      for entry in archive.infolist():
        path = archive.extract(entry, sys.argv[2])
        mode = entry.external_attr >> 16 & 0o777
        if mode and not entry.is_dir(): os.chmod(path, mode | 0o600)
    """

  private static func unpack(_ zip: String, name: String) throws(CommandError) -> FunctionProgram {
    let parent = Environment.current["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/arbiter-invoke-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CommandError("could not make a folder in \(parent): \(String(cString: strerror(errno)))") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let program = FunctionProgram(name: name, bootstrap: folder + "/bootstrap", temporaryFolder: folder)
    // Python's standard library reads zips; the local cloud needs Python anyway.
    let child = try ChildProcess.start(
      ["/usr/bin/env", "python3", "-c", unpacker, Files.absolute(zip), folder],
      environment: ChildProcess.cleanEnvironment(Environment.current.variables))
    guard child.wait() == 0, chmod(program.bootstrap, 0o755) == 0 else {
      program.removeTemporaryFolder()
      throw CommandError("\(zip) could not be unpacked, or has no 'bootstrap' at its root")
    }
    return program
  }

  /// "WorkerWrapper" as "worker-wrapper".
  private static func kebabCase(_ name: String) -> String {
    var text = ""
    for character in name {
      if character.isUppercase, let last = text.last, last != "-" { text.append("-") }
      text += character.lowercased()
    }
    return text
  }
}
