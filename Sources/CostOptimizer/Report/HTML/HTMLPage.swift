/// A page that is being written: markup is what the program's source has as literals, and everything else is text, escaped.
struct HTMLPage {
  private(set) var content = ""

  /// Markup; a literal, so that no text of others can be taken for it.
  mutating func markup(_ markup: StaticString) { content += markup.description }

  /// Text of anybody, on one line, also inside of a quoted attribute.
  mutating func text(_ text: String) { content += Self.escaped(PrintableText.line(text)) }

  /// Text whose direction of writing must not change that of what stands around it, such as a name.
  mutating func name(_ text: String) {
    markup("<bdi>")
    self.text(text)
    markup("</bdi>")
  }

  mutating func number(_ number: some BinaryInteger) { content += String(number) }

  /// An element with nothing but text in it.
  mutating func element(_ begin: StaticString, _ text: String, _ end: StaticString) {
    markup(begin)
    self.text(text)
    markup(end)
  }

  /// Each of the text's lines as a paragraph.
  mutating func paragraphs(_ text: String) {
    for paragraph in PrintableText.paragraphs(text) { element("<p dir=\"auto\">", paragraph, "</p>\n") }
  }

  /// https://html.spec.whatwg.org/multipage/syntax.html#attributes-2 and #text: these five are all that text and quoted attributes can end with.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
