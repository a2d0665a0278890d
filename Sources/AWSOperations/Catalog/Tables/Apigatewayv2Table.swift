// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var apigatewayv2: StaticString {
    #"""
    service ApiGatewayV2|apigateway|apigateway|rest-json|||
    + GetApi GET /v2/apis/{apiId} 0 1
    + GetApiMapping GET /v2/domainnames/{domainName}/apimappings/{apiMappingId} 8 9
    + GetApiMappings GET /v2/domainnames/{domainName}/apimappings 10 11
    + GetApis GET /v2/apis 14 15
    + GetAuthorizer GET /v2/apis/{apiId}/authorizers/{authorizerId} 18 19
    + GetAuthorizers GET /v2/apis/{apiId}/authorizers 22 23
    + GetDeployment GET /v2/apis/{apiId}/deployments/{deploymentId} 26 27
    + GetDeployments GET /v2/apis/{apiId}/deployments 28 29
    + GetDomainName GET /v2/domainnames/{domainName} 32 33
    + GetDomainNames GET /v2/domainnames 37 38
    + GetIntegration GET /v2/apis/{apiId}/integrations/{integrationId} 41 42
    + GetIntegrationResponse GET /v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId} 47 48
    + GetIntegrationResponses GET /v2/apis/{apiId}/integrations/{integrationId}/integrationresponses 49 50
    + GetIntegrations GET /v2/apis/{apiId}/integrations 53 54
    + GetModel GET /v2/apis/{apiId}/models/{modelId} 57 58
    + GetModelTemplate GET /v2/apis/{apiId}/models/{modelId}/template 59 60
    + GetModels GET /v2/apis/{apiId}/models 61 62
    + GetPortal GET /v2/portals/{portalId} 65 66
    + GetPortalProduct GET /v2/portalproducts/{portalProductId} 77 78
    + GetPortalProductSharingPolicy GET /v2/portalproducts/{portalProductId}/sharingpolicy 82 83
    + GetProductPage GET /v2/portalproducts/{portalProductId}/productpages/{productPageId} 84 85
    + GetProductRestEndpointPage GET /v2/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId} 87 88
    + GetRoute GET /v2/apis/{apiId}/routes/{routeId} 92 93
    + GetRouteResponse GET /v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId} 98 99
    + GetRouteResponses GET /v2/apis/{apiId}/routes/{routeId}/routeresponses 100 101
    + GetRoutes GET /v2/apis/{apiId}/routes 104 105
    + GetRoutingRule GET /v2/domainnames/{domainName}/routingrules/{routingRuleId} 108 109
    + ListRoutingRules GET /v2/domainnames/{domainName}/routingrules 120 121
    + GetStage GET /v2/apis/{apiId}/stages/{stageName} 124 125
    + GetStages GET /v2/apis/{apiId}/stages 130 131
    + GetTags GET /v2/tags/{resource-arn} 134 135
    + GetVpcLink GET /v2/vpclinks/{vpcLinkId} 136 137
    + GetVpcLinks GET /v2/vpclinks 140 141
    + ListPortalProducts GET /v2/portalproducts 144 145
    + ListPortals GET /v2/portals 148 149
    + ListProductPages GET /v2/portalproducts/{portalProductId}/productpages 152 153
    + ListProductRestEndpointPages GET /v2/portalproducts/{portalProductId}/productrestendpointpages 156 157
    s ApiId,s,ru,^
    s ApiEndpoint,s,,^ ApiGatewayManaged,b,,^ ApiId,s,,^ ApiKeySelectionExpression,s,,^ CorsConfiguration,2,,^ CreatedDate,t,,^ Description,s,,^ DisableSchemaValidation,b,,^ DisableExecuteApiEndpoint,b,,^ ImportInfo,6,,^ IpAddressType,s,,^ Name,s,,^ ProtocolType,s,,^ RouteSelectionExpression,s,,^ Tags,7,,^ Version,s,,^ Warnings,6,,^
    s AllowCredentials,b,,^ AllowHeaders,3,,^ AllowMethods,4,,^ AllowOrigins,5,,^ ExposeHeaders,3,,^ MaxAge,i,,^
    l s
    l s
    l s
    l s
    m s
    s ApiMappingId,s,ru,^ DomainName,s,ru,^
    s ApiId,s,,^ ApiMappingId,s,,^ ApiMappingKey,s,,^ Stage,s,,^
    s DomainName,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,12,,^ NextToken,s,,^
    l 13
    s ApiId,s,,^ ApiMappingId,s,,^ ApiMappingKey,s,,^ Stage,s,,^
    s MaxResults,s,q,^ NextToken,s,q,^
    s Items,16,,^ NextToken,s,,^
    l 17
    s ApiEndpoint,s,,^ ApiGatewayManaged,b,,^ ApiId,s,,^ ApiKeySelectionExpression,s,,^ CorsConfiguration,2,,^ CreatedDate,t,,^ Description,s,,^ DisableSchemaValidation,b,,^ DisableExecuteApiEndpoint,b,,^ ImportInfo,6,,^ IpAddressType,s,,^ Name,s,,^ ProtocolType,s,,^ RouteSelectionExpression,s,,^ Tags,7,,^ Version,s,,^ Warnings,6,,^
    s ApiId,s,ru,^ AuthorizerId,s,ru,^
    s AuthorizerCredentialsArn,s,,^ AuthorizerId,s,,^ AuthorizerPayloadFormatVersion,s,,^ AuthorizerResultTtlInSeconds,i,,^ AuthorizerType,s,,^ AuthorizerUri,s,,^ EnableSimpleResponses,b,,^ IdentitySource,20,,^ IdentityValidationExpression,s,,^ JwtConfiguration,21,,^ Name,s,,^
    l s
    s Audience,6,,^ Issuer,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,24,,^ NextToken,s,,^
    l 25
    s AuthorizerCredentialsArn,s,,^ AuthorizerId,s,,^ AuthorizerPayloadFormatVersion,s,,^ AuthorizerResultTtlInSeconds,i,,^ AuthorizerType,s,,^ AuthorizerUri,s,,^ EnableSimpleResponses,b,,^ IdentitySource,20,,^ IdentityValidationExpression,s,,^ JwtConfiguration,21,,^ Name,s,,^
    s ApiId,s,ru,^ DeploymentId,s,ru,^
    s AutoDeployed,b,,^ CreatedDate,t,,^ DeploymentId,s,,^ DeploymentStatus,s,,^ DeploymentStatusMessage,s,,^ Description,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,30,,^ NextToken,s,,^
    l 31
    s AutoDeployed,b,,^ CreatedDate,t,,^ DeploymentId,s,,^ DeploymentStatus,s,,^ DeploymentStatusMessage,s,,^ Description,s,,^
    s DomainName,s,ru,^
    s ApiMappingSelectionExpression,s,,^ DomainName,s,,^ DomainNameArn,s,,^ DomainNameConfigurations,34,,^ MutualTlsAuthentication,36,,^ RoutingMode,s,,^ Tags,7,,^
    l 35
    s ApiGatewayDomainName,s,,^ CertificateArn,s,,^ CertificateName,s,,^ CertificateUploadDate,t,,^ DomainNameStatus,s,,^ DomainNameStatusMessage,s,,^ EndpointType,s,,^ HostedZoneId,s,,^ IpAddressType,s,,^ SecurityPolicy,s,,^ OwnershipVerificationCertificateArn,s,,^
    s TruststoreUri,s,,^ TruststoreVersion,s,,^ TruststoreWarnings,6,,^
    s MaxResults,s,q,^ NextToken,s,q,^
    s Items,39,,^ NextToken,s,,^
    l 40
    s ApiMappingSelectionExpression,s,,^ DomainName,s,,^ DomainNameArn,s,,^ DomainNameConfigurations,34,,^ MutualTlsAuthentication,36,,^ RoutingMode,s,,^ Tags,7,,^
    s ApiId,s,ru,^ IntegrationId,s,ru,^
    s ApiGatewayManaged,b,,^ ConnectionId,s,,^ ConnectionType,s,,^ ContentHandlingStrategy,s,,^ CredentialsArn,s,,^ Description,s,,^ IntegrationId,s,,^ IntegrationMethod,s,,^ IntegrationResponseSelectionExpression,s,,^ IntegrationSubtype,s,,^ IntegrationType,s,,^ IntegrationUri,s,,^ PassthroughBehavior,s,,^ PayloadFormatVersion,s,,^ RequestParameters,43,,^ RequestTemplates,44,x,^ ResponseParameters,45,,^ TemplateSelectionExpression,s,,^ TimeoutInMillis,i,,^ TlsConfig,46,,^
    m s
    m s
    m 43
    s ServerNameToVerify,s,,^
    s ApiId,s,ru,^ IntegrationId,s,ru,^ IntegrationResponseId,s,ru,^
    s ContentHandlingStrategy,s,,^ IntegrationResponseId,s,,^ IntegrationResponseKey,s,,^ ResponseParameters,43,,^ ResponseTemplates,44,x,^ TemplateSelectionExpression,s,,^
    s ApiId,s,ru,^ IntegrationId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,51,,^ NextToken,s,,^
    l 52
    s ContentHandlingStrategy,s,,^ IntegrationResponseId,s,,^ IntegrationResponseKey,s,,^ ResponseParameters,43,,^ ResponseTemplates,44,x,^ TemplateSelectionExpression,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,55,,^ NextToken,s,,^
    l 56
    s ApiGatewayManaged,b,,^ ConnectionId,s,,^ ConnectionType,s,,^ ContentHandlingStrategy,s,,^ CredentialsArn,s,,^ Description,s,,^ IntegrationId,s,,^ IntegrationMethod,s,,^ IntegrationResponseSelectionExpression,s,,^ IntegrationSubtype,s,,^ IntegrationType,s,,^ IntegrationUri,s,,^ PassthroughBehavior,s,,^ PayloadFormatVersion,s,,^ RequestParameters,43,,^ RequestTemplates,44,x,^ ResponseParameters,45,,^ TemplateSelectionExpression,s,,^ TimeoutInMillis,i,,^ TlsConfig,46,,^
    s ApiId,s,ru,^ ModelId,s,ru,^
    s ContentType,s,,^ Description,s,,^ ModelId,s,,^ Name,s,,^ Schema,s,,^
    s ApiId,s,ru,^ ModelId,s,ru,^
    s Value,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,63,,^ NextToken,s,,^
    l 64
    s ContentType,s,,^ Description,s,,^ ModelId,s,,^ Name,s,,^ Schema,s,,^
    s PortalId,s,ru,^
    s Authorization,67,,^ EndpointConfiguration,70,,^ IncludedPortalProductArns,71,,^ LastModified,t,,^ LastPublished,t,,^ LastPublishedDescription,s,,^ PortalArn,s,,^ PortalContent,72,,^ PortalId,s,,^ Preview,75,,^ PublishStatus,s,,^ RumAppMonitorName,s,,^ StatusException,76,,^ Tags,7,,^
    s CognitoConfig,68,,^ None,69,,^
    s AppClientId,s,,^ UserPoolArn,s,,^ UserPoolDomain,s,,^
    s
    s CertificateArn,s,,^ DomainName,s,,^ PortalDefaultDomainName,s,,^ PortalDomainHostedZoneId,s,,^
    l s
    s Description,s,,^ DisplayName,s,,^ Theme,73,,^
    s CustomColors,74,,^ LogoLastUploaded,t,,^
    s AccentColor,s,,^ BackgroundColor,s,,^ ErrorValidationColor,s,,^ HeaderColor,s,,^ NavigationColor,s,,^ TextColor,s,,^
    s PreviewStatus,s,,^ PreviewUrl,s,,^ StatusException,76,,^
    s Exception,s,,^ Message,s,,^
    s PortalProductId,s,ru,^ ResourceOwnerAccountId,s,q,^
    s Description,s,,^ DisplayName,s,,^ DisplayOrder,79,,^ LastModified,t,,^ PortalProductArn,s,,^ PortalProductId,s,,^ Tags,7,,^
    s Contents,80,,^ OverviewPageArn,s,,^ ProductPageArns,71,,^
    l 81
    s ProductRestEndpointPageArns,71,,^ SectionName,s,,^
    s PortalProductId,s,ru,^
    s PolicyDocument,s,,^ PortalProductId,s,,^
    s PortalProductId,s,ru,^ ProductPageId,s,ru,^ ResourceOwnerAccountId,s,q,^
    s DisplayContent,86,,^ LastModified,t,,^ ProductPageArn,s,,^ ProductPageId,s,,^
    s Body,s,,^ Title,s,,^
    s IncludeRawDisplayContent,s,q,^ PortalProductId,s,ru,^ ProductRestEndpointPageId,s,ru,^ ResourceOwnerAccountId,s,q,^
    s DisplayContent,89,,^ LastModified,t,,^ ProductRestEndpointPageArn,s,,^ ProductRestEndpointPageId,s,,^ RawDisplayContent,s,,^ RestEndpointIdentifier,90,,^ Status,s,,^ StatusException,76,,^ TryItState,s,,^
    s Body,s,,^ Endpoint,s,,^ OperationName,s,,^
    s IdentifierParts,91,,^
    s Method,s,,^ Path,s,,^ RestApiId,s,,^ Stage,s,,^
    s ApiId,s,ru,^ RouteId,s,ru,^
    s ApiGatewayManaged,b,,^ ApiKeyRequired,b,,^ AuthorizationScopes,94,,^ AuthorizationType,s,,^ AuthorizerId,s,,^ ModelSelectionExpression,s,,^ OperationName,s,,^ RequestModels,95,,^ RequestParameters,96,,^ RouteId,s,,^ RouteKey,s,,^ RouteResponseSelectionExpression,s,,^ Target,s,,^
    l s
    m s
    m 97
    s Required,b,,^
    s ApiId,s,ru,^ RouteId,s,ru,^ RouteResponseId,s,ru,^
    s ModelSelectionExpression,s,,^ ResponseModels,95,,^ ResponseParameters,96,,^ RouteResponseId,s,,^ RouteResponseKey,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^ RouteId,s,ru,^
    s Items,102,,^ NextToken,s,,^
    l 103
    s ModelSelectionExpression,s,,^ ResponseModels,95,,^ ResponseParameters,96,,^ RouteResponseId,s,,^ RouteResponseKey,s,,^
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,106,,^ NextToken,s,,^
    l 107
    s ApiGatewayManaged,b,,^ ApiKeyRequired,b,,^ AuthorizationScopes,94,,^ AuthorizationType,s,,^ AuthorizerId,s,,^ ModelSelectionExpression,s,,^ OperationName,s,,^ RequestModels,95,,^ RequestParameters,96,,^ RouteId,s,,^ RouteKey,s,,^ RouteResponseSelectionExpression,s,,^ Target,s,,^
    s DomainName,s,ru,^ DomainNameId,s,q,^ RoutingRuleId,s,ru,^
    s Actions,110,,^ Conditions,113,,^ Priority,i,,^ RoutingRuleArn,s,,^ RoutingRuleId,s,,^
    l 111
    s InvokeApi,112,,^
    s ApiId,s,,^ Stage,s,,^ StripBasePath,b,,^
    l 114
    s MatchBasePaths,115,,^ MatchHeaders,117,,^
    s AnyOf,116,,^
    l s
    s AnyOf,118,,^
    l 119
    s Header,s,,^ ValueGlob,s,,^
    s DomainName,s,ru,^ DomainNameId,s,q,^ MaxResults,i,q,^ NextToken,s,q,^
    s NextToken,s,,^ RoutingRules,122,,^
    l 123
    s Actions,110,,^ Conditions,113,,^ Priority,i,,^ RoutingRuleArn,s,,^ RoutingRuleId,s,,^
    s ApiId,s,ru,^ StageName,s,ru,^
    s AccessLogSettings,126,,^ ApiGatewayManaged,b,,^ AutoDeploy,b,,^ ClientCertificateId,s,,^ CreatedDate,t,,^ DefaultRouteSettings,127,,^ DeploymentId,s,,^ Description,s,,^ LastDeploymentStatusMessage,s,,^ LastUpdatedDate,t,,^ RouteSettings,128,,^ StageName,s,,^ StageVariables,129,x,^ Tags,7,,^
    s DestinationArn,s,,^ Format,s,,^
    s DataTraceEnabled,b,,^ DetailedMetricsEnabled,b,,^ LoggingLevel,s,,^ ThrottlingBurstLimit,i,,^ ThrottlingRateLimit,d,,^
    m 127
    m s
    s ApiId,s,ru,^ MaxResults,s,q,^ NextToken,s,q,^
    s Items,132,,^ NextToken,s,,^
    l 133
    s AccessLogSettings,126,,^ ApiGatewayManaged,b,,^ AutoDeploy,b,,^ ClientCertificateId,s,,^ CreatedDate,t,,^ DefaultRouteSettings,127,,^ DeploymentId,s,,^ Description,s,,^ LastDeploymentStatusMessage,s,,^ LastUpdatedDate,t,,^ RouteSettings,128,,^ StageName,s,,^ StageVariables,129,x,^ Tags,7,,^
    s ResourceArn,s,ru,resource-arn
    s Tags,7,,^
    s VpcLinkId,s,ru,^
    s CreatedDate,t,,^ Name,s,,^ SecurityGroupIds,138,,^ SubnetIds,139,,^ Tags,7,,^ VpcLinkId,s,,^ VpcLinkStatus,s,,^ VpcLinkStatusMessage,s,,^ VpcLinkVersion,s,,^
    l s
    l s
    s MaxResults,s,q,^ NextToken,s,q,^
    s Items,142,,^ NextToken,s,,^
    l 143
    s CreatedDate,t,,^ Name,s,,^ SecurityGroupIds,138,,^ SubnetIds,139,,^ Tags,7,,^ VpcLinkId,s,,^ VpcLinkStatus,s,,^ VpcLinkStatusMessage,s,,^ VpcLinkVersion,s,,^
    s MaxResults,s,q,^ NextToken,s,q,^ ResourceOwner,s,q,^
    s Items,146,,^ NextToken,s,,^
    l 147
    s Description,s,,^ DisplayName,s,,^ LastModified,t,,^ PortalProductArn,s,,^ PortalProductId,s,,^ Tags,7,,^
    s MaxResults,s,q,^ NextToken,s,q,^
    s Items,150,,^ NextToken,s,,^
    l 151
    s Authorization,67,,^ EndpointConfiguration,70,,^ IncludedPortalProductArns,71,,^ LastModified,t,,^ LastPublished,t,,^ LastPublishedDescription,s,,^ PortalArn,s,,^ PortalContent,72,,^ PortalId,s,,^ Preview,75,,^ PublishStatus,s,,^ RumAppMonitorName,s,,^ StatusException,76,,^ Tags,7,,^
    s MaxResults,s,q,^ NextToken,s,q,^ PortalProductId,s,ru,^ ResourceOwnerAccountId,s,q,^
    s Items,154,,^ NextToken,s,,^
    l 155
    s LastModified,t,,^ PageTitle,s,,^ ProductPageArn,s,,^ ProductPageId,s,,^
    s MaxResults,s,q,^ NextToken,s,q,^ PortalProductId,s,ru,^ ResourceOwnerAccountId,s,q,^
    s Items,158,,^ NextToken,s,,^
    l 159
    s Endpoint,s,,^ LastModified,t,,^ OperationName,s,,^ ProductRestEndpointPageArn,s,,^ ProductRestEndpointPageId,s,,^ RestEndpointIdentifier,90,,^ Status,s,,^ StatusException,76,,^ TryItState,s,,^
    """#
  }
}
