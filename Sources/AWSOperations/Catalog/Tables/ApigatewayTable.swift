// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var apigateway: StaticString {
    #"""
    service API Gateway|apigateway|apigateway|rest-json|||
    + GetAccount GET /account - -
    + GetAuthorizer GET /restapis/{restapi_id}/authorizers/{authorizer_id} 0 1
    + GetAuthorizers GET /restapis/{restapi_id}/authorizers 2 3
    + GetBasePathMapping GET /domainnames/{domain_name}/basepathmappings/{base_path} 5 -
    + GetBasePathMappings GET /domainnames/{domain_name}/basepathmappings 6 7
    + GetClientCertificate GET /clientcertificates/{clientcertificate_id} 10 -
    + GetClientCertificates GET /clientcertificates 11 12
    + GetDeployment GET /restapis/{restapi_id}/deployments/{deployment_id} 15 -
    + GetDeployments GET /restapis/{restapi_id}/deployments 17 18
    + GetDocumentationPart GET /restapis/{restapi_id}/documentation/parts/{part_id} 21 -
    + GetDocumentationParts GET /restapis/{restapi_id}/documentation/parts 22 23
    + GetDocumentationVersion GET /restapis/{restapi_id}/documentation/versions/{doc_version} 26 -
    + GetDocumentationVersions GET /restapis/{restapi_id}/documentation/versions 27 28
    + GetDomainName GET /domainnames/{domain_name} 31 -
    + GetDomainNameAccessAssociations GET /domainnameaccessassociations 32 33
    + GetDomainNames GET /domainnames 36 37
    + GetGatewayResponse GET /restapis/{restapi_id}/gatewayresponses/{response_type} 40 41
    + GetGatewayResponses GET /restapis/{restapi_id}/gatewayresponses 43 44
    + GetIntegration GET /restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration 46 47
    + GetIntegrationResponse GET /restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code} 50 49
    + GetMethod GET /restapis/{restapi_id}/resources/{resource_id}/methods/{http_method} 51 52
    + GetMethodResponse GET /restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code} 53 -
    + GetModel GET /restapis/{restapi_id}/models/{model_name} 54 -
    + GetModelTemplate GET /restapis/{restapi_id}/models/{model_name}/default_template 55 -
    + GetModels GET /restapis/{restapi_id}/models 56 57
    + GetRequestValidator GET /restapis/{restapi_id}/requestvalidators/{requestvalidator_id} 60 -
    + GetRequestValidators GET /restapis/{restapi_id}/requestvalidators 61 62
    + GetResource GET /restapis/{restapi_id}/resources/{resource_id} 65 66
    + GetResources GET /restapis/{restapi_id}/resources 68 69
    + GetRestApi GET /restapis/{restapi_id} 71 -
    + GetRestApis GET /restapis 72 73
    + GetSdkType GET /sdktypes/{sdktype_id} 76 -
    + GetSdkTypes GET /sdktypes 77 78
    + GetStage GET /restapis/{restapi_id}/stages/{stage_name} 81 82
    + GetStages GET /restapis/{restapi_id}/stages 84 85
    + GetTags GET /tags/{resource_arn} 87 -
    + GetUsage GET /usageplans/{usageplanId}/usage 88 89
    + GetUsagePlan GET /usageplans/{usageplanId} 93 -
    + GetUsagePlans GET /usageplans 94 95
    + GetVpcLink GET /vpclinks/{vpclink_id} 98 -
    + GetVpcLinks GET /vpclinks 99 100
    - GetApiKey it can answer with the value of an API key
    - GetApiKeys it can answer with the values of API keys
    - GetExport it answers with a whole document; GetResources has its facts
    - GetSdk it makes and answers with an archive of code
    - GetUsagePlanKey it answers with the value of an API key
    - GetUsagePlanKeys it answers with the values of API keys
    s restApiId,s,ru,restapi_id authorizerId,s,ru,authorizer_id
    s authorizerCredentials,s,x
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,4,,item
    l 1
    s domainName,s,ru,domain_name domainNameId,s,q basePath,s,ru,base_path
    s domainName,s,ru,domain_name domainNameId,s,q position,s,q limit,i,q
    s items,8,,item
    l 9
    s
    s clientCertificateId,s,ru,clientcertificate_id
    s position,s,q limit,i,q
    s items,13,,item
    l 14
    s
    s restApiId,s,ru,restapi_id deploymentId,s,ru,deployment_id embed,16,q
    l s
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,19,,item
    l 20
    s
    s restApiId,s,ru,restapi_id documentationPartId,s,ru,part_id
    s restApiId,s,ru,restapi_id type,s,q nameQuery,s,q,name path,s,q position,s,q limit,i,q locationStatus,s,q
    s items,24,,item
    l 25
    s
    s restApiId,s,ru,restapi_id documentationVersion,s,ru,doc_version
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,29,,item
    l 30
    s
    s domainName,s,ru,domain_name domainNameId,s,q
    s position,s,q limit,i,q resourceOwner,s,q
    s items,34,,item
    l 35
    s
    s position,s,q limit,i,q resourceOwner,s,q
    s items,38,,item
    l 39
    s
    s restApiId,s,ru,restapi_id responseType,s,ru,response_type
    s responseTemplates,42,x
    m s
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,45,,item
    l 41
    s restApiId,s,ru,restapi_id resourceId,s,ru,resource_id httpMethod,s,ru,http_method
    s requestTemplates,42,x integrationResponses,48
    m 49
    s responseTemplates,42,x
    s restApiId,s,ru,restapi_id resourceId,s,ru,resource_id httpMethod,s,ru,http_method statusCode,s,ru,status_code
    s restApiId,s,ru,restapi_id resourceId,s,ru,resource_id httpMethod,s,ru,http_method
    s methodIntegration,47
    s restApiId,s,ru,restapi_id resourceId,s,ru,resource_id httpMethod,s,ru,http_method statusCode,s,ru,status_code
    s restApiId,s,ru,restapi_id modelName,s,ru,model_name flatten,b,q
    s restApiId,s,ru,restapi_id modelName,s,ru,model_name
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,58,,item
    l 59
    s
    s restApiId,s,ru,restapi_id requestValidatorId,s,ru,requestvalidator_id
    s restApiId,s,ru,restapi_id position,s,q limit,i,q
    s items,63,,item
    l 64
    s
    s restApiId,s,ru,restapi_id resourceId,s,ru,resource_id embed,16,q
    s resourceMethods,67
    m 52
    s restApiId,s,ru,restapi_id position,s,q limit,i,q embed,16,q
    s items,70,,item
    l 66
    s restApiId,s,ru,restapi_id
    s position,s,q limit,i,q
    s items,74,,item
    l 75
    s
    s id,s,ru,sdktype_id
    s position,s,q limit,i,q
    s items,79,,item
    l 80
    s
    s restApiId,s,ru,restapi_id stageName,s,ru,stage_name
    s variables,42,x canarySettings,83
    s stageVariableOverrides,42,x
    s restApiId,s,ru,restapi_id deploymentId,s,q
    s item,86
    l 82
    s resourceArn,s,ru,resource_arn position,s,q limit,i,q
    s usagePlanId,s,ru,usageplanId keyId,s,q startDate,s,rq endDate,s,rq position,s,q limit,i,q
    s items,90,,values
    m 91
    l 92
    l i
    s usagePlanId,s,ru,usageplanId
    s position,s,q keyId,s,q limit,i,q
    s items,96,,item
    l 97
    s
    s vpcLinkId,s,ru,vpclink_id
    s position,s,q limit,i,q
    s items,101,,item
    l 102
    s
    """#
  }
}
