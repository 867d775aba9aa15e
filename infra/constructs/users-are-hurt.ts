// The one alarm that stands for the whole stage, by its name: rollouts stop for it without having named it.
import { named, type Stage } from './stage.ts';

export const usersAreHurt = 'users-are-hurt';
export const usersAreHurtIn = (stage: Stage): string => named(stage, usersAreHurt);
