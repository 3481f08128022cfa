import { classesOfLabels } from '../../src/data/classes/of-labels';

/** What a driver must not hit, each kind for itself; all other pixels leave loss and metrics. */
export const inTheWay = classesOfLabels('in-the-way-4', ['person', 'rider', 'car', ['two-wheeler', 'bicycle']]);
