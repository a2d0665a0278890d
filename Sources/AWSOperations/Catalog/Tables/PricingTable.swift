// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var pricing: StaticString {
    #"""
    service Pricing|api.pricing|pricing|json|1.1|AWSPriceListService|
    regions aws us-east-1 ap-south-1 eu-central-1
    regions aws-cn cn-northwest-1
    regions aws-iso us-iso-east-1
    regions aws-iso-b us-isob-east-1
    regions aws-iso-f us-isof-south-1
    + DescribeServices . 0 -
    + GetAttributeValues . 1 -
    + GetPriceListFileUrl . 2 -
    + GetProducts . 3 -
    + ListPriceLists . 6 -
    s ServiceCode,s FormatVersion,s NextToken,s MaxResults,i
    s ServiceCode,s,r AttributeName,s,r NextToken,s MaxResults,i
    s PriceListArn,s,r FileFormat,s,r
    s ServiceCode,s,r Filters,4 FormatVersion,s NextToken,s MaxResults,i
    l 5
    s Type,s,r Field,s,r Value,s,r
    s ServiceCode,s,r EffectiveDate,e,r RegionCode,s CurrencyCode,s,r NextToken,s MaxResults,i
    """#
  }
}
