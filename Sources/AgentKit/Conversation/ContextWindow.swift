public import AWSClient
import JSON

/// Makes a conversation smaller so that it fits a model's context window again.
///
/// Only the content of tool results is taken out, the oldest first. Every message, every pair of tool use and result, and the first user
/// message stay, so what comes out is as valid as what went in.
public enum ContextWindow {
  /// What stands in place of a result that was taken out.
  public static let placeholder = "[This result was removed to save space. Use the tool again if you need it.]"

  /// The conversation with its oldest tool results taken out until it has at most `byteCount` bytes of JSON; nil when that cannot be
  /// reached.
  ///
  /// The results of the last message stay: they are what the model is asked to read now.
  public static func compacted(_ messages: [Message], toByteCount byteCount: Int) -> [Message]? {
    var messages = messages
    // Brackets and commas of the list count like everything else.
    var size = messages.reduce(2) { $0 + $1.byteCount + 1 }
    for index in messages.indices.dropLast() where size > byteCount {
      guard messages[index].role == .user else { continue }
      for position in messages[index].content.indices where size > byteCount {
        let block = messages[index].content[position]
        guard let result = block.toolResult else { continue }
        let smaller = ContentBlock.toolResult(id: result.id, content: [.text(placeholder)], status: result.status)
        let saved = block.json.count - smaller.json.count
        guard saved > 0 else { continue }
        messages[index].content[position] = smaller
        size -= saved
      }
    }
    return size <= byteCount ? messages : nil
  }

  /// The conversation after one step of compaction: half of its size if that can be had, else as near to it as taking out results comes;
  /// nil when less than a twentieth could be saved.
  ///
  /// A model does not say how large its window is, so the caller repeats this until the model accepts.
  public static func compacted(_ messages: [Message]) -> [Message]? {
    let size = messages.reduce(2) { $0 + $1.byteCount + 1 }
    for percent in [50, 60, 70, 80, 90, 95] {
      if let smaller = compacted(messages, toByteCount: size * percent / 100) { return smaller }
    }
    return nil
  }
}
