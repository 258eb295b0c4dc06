/** The service's deployments in AWS's console; undefined in partitions whose console has no public address. */
export function consoleUrl(region: string, cluster: string, service: string): string | undefined {
  const host = consoleHost(region);
  if (host === undefined) return undefined;
  const [clusterName, serviceName] = [lastPart(cluster), lastPart(service)].map(encodeURIComponent);
  return `https://${host}/ecs/v2/clusters/${clusterName}/services/${serviceName}/deployments?region=${region}`;
}

/** A task in AWS's console, as `consoleUrl`. */
export function taskUrl(region: string, cluster: string, taskArn: string): string | undefined {
  const host = consoleHost(region);
  if (host === undefined) return undefined;
  const [clusterName, id] = [lastPart(cluster), lastPart(taskArn)].map(encodeURIComponent);
  return `https://${host}/ecs/v2/clusters/${clusterName}/tasks/${id}?region=${region}`;
}

function consoleHost(region: string): string | undefined {
  if (/^(us-iso|eu-iso|us-isob)/.test(region)) return undefined;
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return `${region}.console.aws.amazon.com`;
}

function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}
