/// One value, or several, of a CloudWatch metric.
public struct Metric: Sendable, Equatable {
  /// The unit of a metric; the names are CloudWatch's.
  /// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
  public struct Unit: Sendable, Equatable {
    public let name: String
    private init(_ name: String) { self.name = name }
    public static let none = Unit("None")
    public static let count = Unit("Count")
    public static let percent = Unit("Percent")
    public static let microseconds = Unit("Microseconds")
    public static let milliseconds = Unit("Milliseconds")
    public static let seconds = Unit("Seconds")
    public static let bytes = Unit("Bytes")
    public static let kilobytes = Unit("Kilobytes")
    public static let megabytes = Unit("Megabytes")
    public static let gigabytes = Unit("Gigabytes")
    public static let terabytes = Unit("Terabytes")
    public static let bits = Unit("Bits")
    public static let kilobits = Unit("Kilobits")
    public static let megabits = Unit("Megabits")
    public static let gigabits = Unit("Gigabits")
    public static let terabits = Unit("Terabits")

    /// The same amount in a second: "Count/Second", "Bytes/Second". Only amounts of data and counts have one; of other units nothing changes.
    public var perSecond: Unit {
      switch self {
      case .count, .bytes, .kilobytes, .megabytes, .gigabytes, .terabytes, .bits, .kilobits, .megabits, .gigabits, .terabits:
        Unit(name + "/Second")
      default: self
      }
    }
    public static let countPerSecond = Unit("Count/Second")
  }

  /// CloudWatch takes values from -2^360 to 2^360.
  private static let largestValue = 0x1p360

  /// 1 to 255 characters.
  public let name: String
  public let values: [Double]
  /// Values that CloudWatch does not take, for the warning of them.
  let refusedValues: [Double]
  public let unit: Unit
  /// True keeps a value a second rather than a minute, at a price.
  public let isHighResolution: Bool

  public init(_ name: String, _ values: [Double], _ unit: Unit, isHighResolution: Bool = false) {
    self.name = name
    // CloudWatch refuses the whole line for one value that is not finite, or beyond 2^360.
    self.values = values.filter(Self.isTaken)
    refusedValues = values.filter { !Self.isTaken($0) }
    self.unit = unit
    self.isHighResolution = isHighResolution
  }

  private static func isTaken(_ value: Double) -> Bool { value.isFinite && value.magnitude <= largestValue }

  public init(_ name: String, _ value: Double, _ unit: Unit, isHighResolution: Bool = false) {
    self.init(name, [value], unit, isHighResolution: isHighResolution)
  }

  public static func count(_ name: String, _ value: Int = 1) -> Metric { Metric(name, Double(value), .count) }
  public static func milliseconds(_ name: String, _ value: Int64) -> Metric { Metric(name, Double(value), .milliseconds) }
}
