import AWSClient
import CostOptimizer
import Testing

/// What can be said of the page without a browser; Tests/Pages looks at it in one.
struct HTMLReportTests {
  private static let reports: [CostReport] = {
    var reports = SampleReport.allCases.map(\.report)
    for seed in 0..<60 as Range<UInt64> {
      var random = RandomReport(seed: seed)
      reports.append(random.report())
    }
    return reports
  }()

  @Test func theSameReportGivesTheSameBytes() {
    for report in Self.reports { #expect(HTMLReport.render(report) == HTMLReport.render(report)) }
  }

  @Test func thePolicyNamesTheStyleAndTheScriptThatAreThere() throws {
    let page = HTMLReport.render(SampleReport.shop)
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
      let content = try #require(Self.between("<\(element)>", "</\(element)>", page))
      let hash = Self.base64(hexadecimal: try ContentHash.sha256(Array(content.utf8)))
      #expect(
        page.contains("\(directive) 'sha256-\(hash)'"),
        "the hash of the \(element) is now \(hash): write it to HTML\(element == "style" ? "Style" : "Script").swift")
    }
    #expect(page.contains("content=\"default-src 'none'; "))
  }

  @Test func whatDoesNotChangeTheBillIsToldApartFromWhatIsNotKnown() {
    let page = HTMLReport.render(SampleReport.shop)
    for (text, count) in [("<span class=\"unknown\">no change</span>", 1), ("<span class=\"unknown\">not known</span>", 2)] {
      #expect(page.occurrences(of: text) == count, "\(text)")
    }
    #expect(!page.contains(">0.00&nbsp;USD<"))
  }

  @Test func theSummaryDoesNotRepeatItsCards() throws {
    let page = HTMLReport.render(SampleReport.shop)
    let summary = try #require(Self.between("<section id=\"summary\"", "</section>", page))
    for figure in ["304.91", "3,658.92", "442.10", "137.19"] { #expect(summary.occurrences(of: figure) == 1, "\(figure)") }
    #expect(
      summary.contains("Together the recommendations take the monthly cost of the resources concerned from 442.10 USD to 137.19 USD."))
    #expect(HTMLReport.render(SampleReport.nothing).contains("No rule found a change that the data supports."))
  }

  @Test func nothingIsAskedOfANetwork() {
    for report in Self.reports {
      let elements = Self.elements(of: HTMLReport.render(report))
      for element in elements {
        #expect(!["img", "iframe", "object", "embed", "audio", "video", "source", "base", "use", "image"].contains(element.name))
        #expect(element.attributes["src"] == nil)
        #expect(element.attributes["style"] == nil)
        #expect(!element.attributes.keys.contains { $0.hasPrefix("on") })
        if let address = element.attributes["href"] { #expect(address.hasPrefix("#") || address.hasPrefix("data:image/svg+xml,")) }
      }
      #expect(elements.count { $0.name == "script" && !$0.isEnd } == 1)
      #expect(elements.count { $0.name == "style" && !$0.isEnd } == 1)
    }
  }

  @Test func everyElementIsClosed() {
    let empty: Set<String> = ["meta", "link", "br", "input", "rect"]
    for report in Self.reports {
      var open: [String] = []
      for element in Self.elements(of: HTMLReport.render(report)) where !empty.contains(element.name) && element.name != "!doctype" {
        if element.isEnd {
          #expect(open.popLast() == element.name)
        } else {
          open.append(element.name)
        }
      }
      #expect(open == [])
    }
  }

  @Test func identifiersAreThereOnce() {
    for report in Self.reports {
      let identifiers = Self.elements(of: HTMLReport.render(report)).compactMap { $0.attributes["id"] }
      #expect(Set(identifiers).count == identifiers.count)
    }
  }

  @Test func headingsDescendOneStepAtATime() {
    let levels = Self.elements(of: HTMLReport.render(SampleReport.shop)).filter { !$0.isEnd && ["h1", "h2", "h3"].contains($0.name) }
      .compactMap { Int($0.name.dropFirst()) }
    #expect(levels.first == 1)
    #expect(levels.count { $0 == 1 } == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
  }

  @Test func theTableIsWholeWithoutAScript() {
    let page = HTMLReport.render(SampleReport.shop)
    for recommendation in SampleReport.shop.recommendations {
      #expect(page.contains("<bdi>\(recommendation.finding.title)</bdi>"))
      #expect(page.contains(recommendation.finding.resources[0].arn))
    }
    #expect(page.contains("107.64&nbsp;USD"))
    #expect(page.contains("<span class=\"unknown\">not known</span>"))
  }

  // MARK: Reading a page

  private struct Element {
    var name: String
    var isEnd: Bool
    var attributes: [String: String]
  }

  /// The tags of a page whose attributes are in double quotes, as this program writes them. The content of style and script is passed over.
  private static func elements(of page: String) -> [Element] {
    var elements: [Element] = []
    // A mark that combines would make one character of itself and the tag's end before it; browsers read scalar by scalar.
    let scalars = page.unicodeScalars.map { $0.isASCII ? $0 : "?" }
    var rest = String(String.UnicodeScalarView(scalars))[...]
    while let begin = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: begin)...]
      let isEnd = rest.first == "/"
      if isEnd { rest = rest.dropFirst() }
      let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "!" })
      rest = rest.dropFirst(name.count)
      var element = Element(name: name.lowercased(), isEnd: isEnd, attributes: [:])
      while let character = rest.first, character != ">" {
        let attribute = rest.prefix { !" =>/\n".contains($0) }
        rest = rest.dropFirst(attribute.count)
        if rest.hasPrefix("=\"") {
          rest = rest.dropFirst(2)
          let value = rest.prefix { $0 != "\"" }
          rest = rest.dropFirst(value.count + 1)
          element.attributes[String(attribute)] = String(value)
        } else if !attribute.isEmpty {
          element.attributes[String(attribute)] = ""
        } else {
          rest = rest.dropFirst()
        }
      }
      elements.append(element)
      if !isEnd, ["style", "script"].contains(element.name), let end = between("", "</\(element.name)>", String(rest)) {
        rest = rest.dropFirst(end.count)
      }
    }
    return elements
  }

  private static func between(_ begin: String, _ end: String, _ text: String) -> String? {
    var from = text.startIndex
    if !begin.isEmpty {
      guard let found = text.firstRange(of: begin) else { return nil }
      from = found.upperBound
    }
    guard let until = text[from...].firstRange(of: end) else { return nil }
    return String(text[from..<until.lowerBound])
  }

  private static func base64(hexadecimal: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    var text = ""
    for begin in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[begin..<min(begin + 3, bytes.count)]
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? group[begin + $1] : 0) }
      for position in 0..<4 { text.append(position <= group.count ? alphabet[word >> (18 - 6 * position) & 63] : "=") }
    }
    return text
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func occurrences(of text: String) -> Int { ranges(of: text).count }
}
