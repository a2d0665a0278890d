/// A world told in lines that people read: when, who, what.
public struct Story: Sendable, Equatable {
  public struct Line: Sendable, Equatable {
    /// What kind of thing a line tells, for whoever colours it.
    public enum Tone: String, Sendable {
      case plain
      /// Only of interest to those who want to know everything: reads, what went as it should.
      case detail
      /// Something goes wrong, as in the world it may.
      case fault
      /// What the product makes of it: an error, a retry, a dead letter.
      case trouble
      /// A run or a task reaches its end.
      case success
      /// A promise is broken.
      case violation
    }

    /// Since the world's begin.
    public let atMilliseconds: Int64
    /// "supervisor 12/p3": invocation and process; empty for what nobody does.
    public let actor: String
    public let text: String
    public let tone: Tone

    public init(atMilliseconds: Int64, actor: String, text: String, tone: Tone) {
      self.atMilliseconds = atMilliseconds
      self.actor = actor
      self.text = text
      self.tone = tone
    }
  }

  public let lines: [Line]

  public init(lines: [Line]) { self.lines = lines }

  /// The lines in columns, each with its tone.
  public var rows: [(text: String, tone: Line.Tone)] {
    let times = lines.map { Story.time($0.atMilliseconds) }
    let timeWidth = times.map(\.count).max() ?? 0
    let actorWidth = lines.map(\.actor.count).max() ?? 0
    return zip(lines, times).map { line, time in
      let columns =
        String(repeating: " ", count: timeWidth - time.count) + time + "  " + line.actor
        + String(repeating: " ", count: actorWidth - line.actor.count)
      return (columns + (actorWidth > 0 ? "  " : "") + line.text, line.tone)
    }
  }

  /// "+12.345 s".
  static func time(_ milliseconds: Int64) -> String {
    let fraction = String(milliseconds.magnitude % 1000)
    return
      "\(milliseconds < 0 ? "-" : "+")\(milliseconds.magnitude / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) s"
  }
}
