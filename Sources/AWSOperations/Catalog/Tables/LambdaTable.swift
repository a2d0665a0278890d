// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var lambda: StaticString {
    #"""
    service Lambda|lambda|lambda|rest-json|||
    + GetAccountSettings GET /2016-08-19/account-settings - -
    + GetAlias GET /2015-03-31/functions/{FunctionName}/aliases/{Name} 0 -
    + GetCapacityProvider GET /2025-11-30/capacity-providers/{CapacityProviderName} 1 -
    + GetCodeSigningConfig GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn} 2 -
    + GetEventSourceMapping GET /2015-03-31/event-source-mappings/{UUID} 3 -
    + GetFunctionCodeSigningConfig GET /2020-06-30/functions/{FunctionName}/code-signing-config 4 -
    + GetFunctionConcurrency GET /2019-09-30/functions/{FunctionName}/concurrency 5 -
    + GetFunctionConfiguration GET /2015-03-31/functions/{FunctionName}/configuration 6 7
    + GetFunctionEventInvokeConfig GET /2019-09-25/functions/{FunctionName}/event-invoke-config 15 -
    + GetFunctionRecursionConfig GET /2024-08-31/functions/{FunctionName}/recursion-config 16 -
    + GetFunctionScalingConfig GET /2025-11-30/functions/{FunctionName}/function-scaling-config 17 -
    + GetFunctionUrlConfig GET /2021-10-31/functions/{FunctionName}/url 18 -
    + GetLayerVersionPolicy GET /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy 19 -
    + GetPolicy GET /2015-03-31/functions/{FunctionName}/policy 20 -
    + GetProvisionedConcurrencyConfig GET /2019-09-30/functions/{FunctionName}/provisioned-concurrency 21 -
    + GetResourcePolicy GET /2026-07-09/resource-policy/{ResourceArn} 22 -
    + GetRuntimeManagementConfig GET /2021-07-20/functions/{FunctionName}/runtime-management-config 23 -
    + ListAliases GET /2015-03-31/functions/{FunctionName}/aliases 24 -
    + ListCapacityProviders GET /2025-11-30/capacity-providers 25 -
    + ListCodeSigningConfigs GET /2020-04-22/code-signing-configs 26 -
    + ListDurableExecutionsByFunction GET /2025-12-01/functions/{FunctionName}/durable-executions 27 -
    + ListEventSourceMappings GET /2015-03-31/event-source-mappings 29 -
    + ListFunctionEventInvokeConfigs GET /2019-09-25/functions/{FunctionName}/event-invoke-config/list 30 -
    + ListFunctionUrlConfigs GET /2021-10-31/functions/{FunctionName}/urls 31 -
    + ListFunctionVersionsByCapacityProvider GET /2025-11-30/capacity-providers/{CapacityProviderName}/function-versions 32 -
    + ListFunctions GET /2015-03-31/functions 33 34
    + ListFunctionsByCodeSigningConfig GET /2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions 36 -
    + ListLayerVersions GET /2018-10-31/layers/{LayerName}/versions 37 -
    + ListLayers GET /2018-10-31/layers 38 -
    + ListProvisionedConcurrencyConfigs GET /2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL 39 -
    + ListTags GET /2017-03-31/tags/{Resource} 40 -
    + ListVersionsByFunction GET /2015-03-31/functions/{FunctionName}/versions 41 42
    - GetDurableExecution it reads customers' data
    - GetDurableExecutionHistory it reads customers' data
    - GetDurableExecutionState it reads customers' data
    - GetFunction it answers with an address that opens the customer's code to whoever holds it; GetFunctionConfiguration has the rest
    - GetLayerVersion it answers with an address that opens the customer's code to whoever holds it; ListLayerVersions has the rest
    - GetLayerVersionByArn it answers with an address that opens the customer's code to whoever holds it; ListLayerVersions has the rest
    s FunctionName,s,ru Name,s,ru
    s CapacityProviderName,s,ru
    s CodeSigningConfigArn,s,ru
    s UUID,s,ru
    s FunctionName,s,ru
    s FunctionName,s,ru
    s FunctionName,s,ru Qualifier,s,q
    s Environment,8 ImageConfigResponse,11 RuntimeVersionConfig,13
    s Variables,9,x Error,10
    m s,x
    s Message,s,x
    s Error,12
    s Message,s,x
    s Error,14
    s Message,s,x
    s FunctionName,s,ru Qualifier,s,q
    s FunctionName,s,ru
    s FunctionName,s,ru Qualifier,s,rq
    s FunctionName,s,ru Qualifier,s,q
    s LayerName,s,ru VersionNumber,i,ru
    s FunctionName,s,ru Qualifier,s,q
    s FunctionName,s,ru Qualifier,s,rq
    s ResourceArn,s,ru
    s FunctionName,s,ru Qualifier,s,q
    s FunctionName,s,ru FunctionVersion,s,q Marker,s,q MaxItems,i,q
    s State,s,q Marker,s,q MaxItems,i,q
    s Marker,s,q MaxItems,i,q
    s FunctionName,s,ru Qualifier,s,q DurableExecutionName,s,q Statuses,28,q StartedAfter,t,q StartedBefore,t,q ReverseOrder,b,q Marker,s,q MaxItems,i,q
    l s
    s EventSourceArn,s,q FunctionName,s,q Marker,s,q MaxItems,i,q
    s FunctionName,s,ru Marker,s,q MaxItems,i,q
    s FunctionName,s,ru Marker,s,q MaxItems,i,q
    s CapacityProviderName,s,ru Marker,s,q MaxItems,i,q
    s MasterRegion,s,q FunctionVersion,s,q Marker,s,q MaxItems,i,q
    s Functions,35
    l 7
    s CodeSigningConfigArn,s,ru Marker,s,q MaxItems,i,q
    s CompatibleArchitecture,s,q CompatibleRuntime,s,q LayerName,s,ru Marker,s,q MaxItems,i,q
    s CompatibleArchitecture,s,q CompatibleRuntime,s,q Marker,s,q MaxItems,i,q
    s FunctionName,s,ru Marker,s,q MaxItems,i,q
    s Resource,s,ru
    s FunctionName,s,ru Marker,s,q MaxItems,i,q
    s Versions,35
    """#
  }
}
