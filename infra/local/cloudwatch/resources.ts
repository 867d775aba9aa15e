// The CloudWatch resources of our templates: alarms on metrics, alarms on alarms, and dashboards, which only need to be readable.
import * as z from 'zod';
import { arnOf, resourceType } from '../template/resource-type.ts';
import { alarmProperties, announcedOf, announcedProperties, metricAlarmOf } from './alarm-properties.ts';
import { parseCompositeRule } from './composite-rule.ts';

const metricAlarm = resourceType({
  properties: alarmProperties,
  nameProperty: 'AlarmName',
  attributes: { Arn: arnOf('cloudwatch', 'alarm:') },
  starts: {
    with: 'wiring',
    start: ({ name, properties }, { watch }) =>
      watch.put(metricAlarmOf(name, properties), announcedOf(properties)),
  },
});

const compositeAlarm = resourceType({
  properties: z.strictObject({ ...announcedProperties, AlarmRule: z.string() }),
  nameProperty: 'AlarmName',
  attributes: { Arn: arnOf('cloudwatch', 'alarm:') },
  starts: {
    with: 'wiring',
    start: ({ name, properties }, { watch }) =>
      watch.put({ name, composite: parseCompositeRule(properties.AlarmRule) }, announcedOf(properties)),
  },
});

const isDashboard = (body: string): boolean => {
  try {
    return Array.isArray((JSON.parse(body) as { widgets?: unknown }).widgets);
  } catch {
    return false;
  }
};

const dashboard = resourceType({
  properties: z.strictObject({
    DashboardName: z.string().optional(),
    DashboardBody: z.string().refine(isDashboard, 'a dashboard is JSON with a list of widgets'),
  }),
  nameProperty: 'DashboardName',
});

export const cloudwatchTypes = {
  'AWS::CloudWatch::Alarm': metricAlarm,
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::CloudWatch::Dashboard': dashboard,
};
