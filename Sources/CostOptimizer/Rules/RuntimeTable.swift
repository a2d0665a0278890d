/// What is known about Lambda's managed runtimes.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, read on 2026-11-27.
enum RuntimeTable {
  static let asOf = "2026-11-27"

  struct Deprecation {
    /// ISO 8601 date.
    var date: String
    /// A runtime of the same language that is supported.
    var successor: String
  }

  /// Runtimes with a date of deprecation that is published; one without it is not judged by it.
  static func deprecation(of runtime: String) -> Deprecation? {
    switch runtime {
    case "nodejs": Deprecation(date: "2016-10-31", successor: node)
    case "nodejs4.3": Deprecation(date: "2020-03-05", successor: node)
    case "nodejs6.10": Deprecation(date: "2019-08-12", successor: node)
    case "nodejs8.10": Deprecation(date: "2020-03-06", successor: node)
    case "nodejs10.x": Deprecation(date: "2021-07-30", successor: node)
    case "nodejs12.x": Deprecation(date: "2023-03-31", successor: node)
    case "nodejs14.x": Deprecation(date: "2023-12-04", successor: node)
    case "nodejs16.x": Deprecation(date: "2024-06-12", successor: node)
    case "nodejs18.x": Deprecation(date: "2025-09-01", successor: node)
    case "nodejs20.x": Deprecation(date: "2026-04-30", successor: node)
    case "nodejs22.x": Deprecation(date: "2027-04-30", successor: node)
    case "python2.7": Deprecation(date: "2021-07-15", successor: python)
    case "python3.6": Deprecation(date: "2022-07-18", successor: python)
    case "python3.7": Deprecation(date: "2023-12-04", successor: python)
    case "python3.8": Deprecation(date: "2024-10-14", successor: python)
    case "python3.9": Deprecation(date: "2025-12-15", successor: python)
    case "python3.10": Deprecation(date: "2026-10-31", successor: python)
    case "python3.11": Deprecation(date: "2027-06-30", successor: python)
    case "java8": Deprecation(date: "2024-01-08", successor: "java21")
    case "go1.x": Deprecation(date: "2024-01-08", successor: "provided.al2023")
    case "provided": Deprecation(date: "2024-01-08", successor: "provided.al2023")
    case "ruby2.5": Deprecation(date: "2021-07-30", successor: ruby)
    case "ruby2.7": Deprecation(date: "2023-12-07", successor: ruby)
    case "dotnetcore1.0": Deprecation(date: "2019-06-27", successor: dotnet)
    case "dotnetcore2.0": Deprecation(date: "2019-05-30", successor: dotnet)
    case "dotnetcore2.1": Deprecation(date: "2022-01-05", successor: dotnet)
    case "dotnetcore3.1": Deprecation(date: "2023-04-03", successor: dotnet)
    case "dotnet6": Deprecation(date: "2024-12-20", successor: dotnet)
    case "dotnet8": Deprecation(date: "2026-11-10", successor: dotnet)
    default: nil
    }
  }

  private static let node = "nodejs24.x"
  private static let python = "python3.14"
  private static let ruby = "ruby3.4"
  private static let dotnet = "dotnet10"

  /// Whether a runtime runs on arm64: Python from 3.8, Node.js from 12, Java from 11 and 8 on Amazon Linux 2, .NET from 6, Ruby from 2.7, and the
  /// OS-only runtimes from Amazon Linux 2 on.
  static func runsOnARM(_ runtime: String) -> Bool {
    if runtime == "provided.al2" || runtime == "provided.al2023" || runtime == "java8.al2" || runtime == "java8.al2023" { return true }
    for (family, first) in [("python", [3, 8]), ("nodejs", [12]), ("java", [11]), ("dotnet", [6]), ("ruby", [2, 7])] {
      guard runtime.hasPrefix(family), let version = version(of: runtime.utf8.dropFirst(family.utf8.count)) else { continue }
      return !version.lexicographicallyPrecedes(first)
    }
    return false
  }

  /// The leading numbers of "3.12", "20.x" or "11.al2023"; nil when there is none.
  private static func version(of text: Substring.UTF8View) -> [Int]? {
    var numbers: [Int] = []
    for part in text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard let number = Int(String(Substring(part))) else { break }
      numbers.append(number)
    }
    return numbers.isEmpty ? nil : numbers
  }
}
