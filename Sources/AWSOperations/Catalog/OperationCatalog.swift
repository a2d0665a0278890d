internal import Synchronization

/// The services and their operations that may be called: those that read and change nothing, less those that read customers' data, hand out
/// credentials or cost money by the call (Scripts/operations/rule.py has the rule and each reason).
public enum OperationCatalog {
  /// Names of services, as botocore names its models.
  public static var services: [String] { OperationTables.services }

  /// The operations of a service, sorted; nil for a service that is not in the table.
  public static func operations(of service: String) -> [String]? { model(service).map { $0.operations.keys.sorted() } }

  /// Why only the program's own code calls an operation, and a model may not; nil for one that anybody may call.
  public static func whyCodeOnly(_ service: String, _ operation: String) -> String? { model(service)?.codeOnly[operation] }

  /// Why a call is refused, as a sentence with what may be called instead; nil for one that is allowed.
  public static func refusal(_ service: String, _ operation: String) -> String? {
    guard let model = model(service) else {
      if service == "ce" { return "Cost Explorer ('ce') is not called: each of its calls costs money" }
      let near = NearNames.closest(to: service, among: services, limit: 3)
      return "there is no service '\(service.prefix(60))' here\(suggestion(near)). Services: \(services.joined(separator: ", "))"
    }
    guard model.operations[operation] == nil else { return nil }
    if let reason = model.refusals[operation] { return "\(service) \(operation) is not called: \(reason)" }
    let near = NearNames.closest(to: operation, among: Array(model.operations.keys), limit: 5)
    return "\(service) has no read-only operation '\(operation.prefix(80))'\(suggestion(near))"
  }

  private static func suggestion(_ names: [String]) -> String { names.isEmpty ? "" : "; did you mean \(names.joined(separator: ", "))?" }

  // MARK: Tables

  /// Tables are read when they are first asked for.
  private static let known = Mutex<[String: ServiceModel]>([:])

  static func model(_ service: String) -> ServiceModel? {
    if let model = known.withLock({ $0[service] }) { return model }
    guard let table = OperationTables.text(service), let model = ServiceModel(name: service, table: table) else { return nil }
    known.withLock { $0[service] = model }
    return model
  }
}
