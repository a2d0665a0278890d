/// Which attributes a write answers with.
public enum ReturnValues: String, Sendable {
  case none = "NONE"
  case allOld = "ALL_OLD"
  case updatedOld = "UPDATED_OLD"
  case allNew = "ALL_NEW"
  case updatedNew = "UPDATED_NEW"
}

/// Whether the error of a failed condition carries the item.
public enum ReturnValuesOnConditionCheckFailure: String, Sendable {
  case none = "NONE"
  case allOld = "ALL_OLD"
}

/// What a query or a scan answers with.
public enum Select: String, Sendable {
  case allAttributes = "ALL_ATTRIBUTES"
  case allProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES"
  case specificAttributes = "SPECIFIC_ATTRIBUTES"
  case count = "COUNT"
}
