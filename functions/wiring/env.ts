// A function's environment, read once and complete: what is missing is named at start.
import { type Environment, environments, type FunctionName } from '#operations/environment';

export const readEnvironment = <Name extends FunctionName>(
  name: Name,
  from: NodeJS.ProcessEnv = process.env,
): Environment<Name> => environments[name].parse(from) as Environment<Name>;
