// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var scheduler: StaticString {
    #"""
    service Scheduler|scheduler|scheduler|rest-json|||
    + GetSchedule GET /schedules/{Name} 0 1
    + GetScheduleGroup GET /schedule-groups/{Name} 3 -
    + ListScheduleGroups GET /schedule-groups 4 -
    + ListSchedules GET /schedules 5 -
    + ListTagsForResource GET /tags/{ResourceArn} 6 -
    s GroupName,s,q,^ Name,s,ru
    s Target,2
    s Input,s,x
    s Name,s,ru
    s MaxResults,i,q NamePrefix,s,q NextToken,s,q
    s GroupName,s,q,ScheduleGroup MaxResults,i,q NamePrefix,s,q NextToken,s,q State,s,q
    s ResourceArn,s,ru
    """#
  }
}
