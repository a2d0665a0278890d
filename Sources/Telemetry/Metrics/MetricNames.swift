/// What CloudWatch takes as names. It drops a line that has another one, with all that the line holds, and tells nobody.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
enum MetricNames {
  static let mostDimensions = 30

  /// Why a namespace cannot be used; nil for one that can.
  static func problem(ofNamespace name: String) -> String? {
    guard (1...255).contains(name.utf8.count) else { return "a namespace has 1 to 255 characters" }
    let isAllowed = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: ":"), 0x20: true
      default: false
      }
    }
    guard isAllowed else { return "a namespace has letters, digits, spaces and . - _ / # : only" }
    return name.hasPrefix("AWS/") ? "namespaces that begin with AWS/ belong to AWS" : nil
  }

  static func problem(ofMetric name: String) -> String? {
    guard (1...255).contains(name.unicodeScalars.count), !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), !isBlank(name) else {
      return "the name of a metric has 1 to 255 characters, none of them a control character"
    }
    return name == "_aws" ? "_aws is the name of the line's own description" : nil
  }

  static func problem(ofDimension name: String, value: String) -> String? {
    guard (1...250).contains(name.utf8.count), isPrintable(name), !isBlank(name), name.utf8.first != UInt8(ascii: ":"), name != "_aws"
    else { return "the name of a dimension has 1 to 250 characters of printable ASCII, and no colon at its beginning" }
    guard (1...1024).contains(value.utf8.count), isPrintable(value), !isBlank(value) else {
      return "the value of a dimension has 1 to 1024 characters of printable ASCII"
    }
    return nil
  }

  private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
  private static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy { $0 == 0x20 } }
}
