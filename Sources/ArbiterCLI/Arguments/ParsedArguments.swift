/// The arguments of one command, checked against its specification.
struct ParsedArguments: Sendable {
  private var positionals: [String: String] = [:]
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// Reads the arguments that follow the command's name.
  /// - Throws: `CommandError` that names the argument and the way to the help.
  init(_ arguments: some Sequence<String>, for command: CommandSpecification, path: String) throws(CommandError) {
    let help = "see 'arbiter \(path) --help'"
    var places = command.positionals[...]
    var rest = Array(arguments)[...]
    var onlyPositionals = false
    while let argument = rest.popFirst() {
      if argument == "--", !onlyPositionals {
        onlyPositionals = true
      } else if argument.hasPrefix("--"), !onlyPositionals {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = command.options.first(where: { $0.name == name }) else {
          throw .usage("unknown option '--\(name)': \(help)")
        }
        try take(option, inlined: parts.count > 1 ? String(parts[1]) : nil, rest: &rest, help: help)
      } else if argument.hasPrefix("-"), argument.count > 1, !onlyPositionals, Double(argument) == nil {
        throw .usage("unknown option '\(argument)': options begin with two dashes; \(help)")
      } else {
        guard let place = places.popFirst() else { throw .usage("unexpected argument '\(argument)': \(help)") }
        positionals[place.name] = argument
      }
    }
    if let missing = places.first(where: \.isRequired) { throw .usage("the argument \(missing.name) is missing: \(help)") }
  }

  private mutating func take(
    _ option: CommandSpecification.Option, inlined: String?, rest: inout ArraySlice<String>, help: String
  ) throws(CommandError) {
    guard let placeholder = option.value else {
      if let inlined { throw .usage("the option '--\(option.name)' takes no value, not '\(inlined)': \(help)") }
      flags.insert(option.name)
      return
    }
    guard let value = inlined ?? rest.popFirst() else {
      throw .usage("the option '--\(option.name)' needs a value, \(placeholder): \(help)")
    }
    if !option.isRepeatable, values[option.name] != nil { throw .usage("the option '--\(option.name)' is given twice: \(help)") }
    values[option.name, default: []].append(value)
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }
  func value(_ option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }
  /// A positional argument that was given.
  func argument(_ name: String) -> String? { positionals[name] }
  /// A positional argument that must be there: the parser has seen to it.
  func required(_ name: String) -> String { positionals[name] ?? "" }

  /// A whole number within bounds.
  func integer(_ option: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .usage("--\(option) '\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A port of this machine; 0, where it is allowed, stands for any.
  func port(_ option: String, default port: UInt16, from lowest: Int = 0) throws(CommandError) -> UInt16 {
    UInt16(try integer(option, in: lowest...65_535) ?? Int(port))
  }
}
