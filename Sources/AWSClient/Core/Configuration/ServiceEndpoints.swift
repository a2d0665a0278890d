/// Endpoints of single services; "Bedrock Runtime", "bedrock-runtime" and "BEDROCK_RUNTIME" are one.
public struct ServiceEndpoints: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var endpoints = [String: Endpoint]()

  public init() {}
  public init(dictionaryLiteral elements: (String, Endpoint)...) { for (id, endpoint) in elements { self[id] = endpoint } }

  /// The endpoint of a service by its `AWSService.serviceID`, as a variable or as a configuration file spells it.
  public subscript(serviceID: String) -> Endpoint? {
    get { endpoints.isEmpty ? nil : endpoints[ServiceEndpoints.name(serviceID)] }
    set { endpoints[ServiceEndpoints.name(serviceID)] = newValue }
  }

  private static func name(_ serviceID: String) -> String {
    String(serviceID.uppercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }
}
