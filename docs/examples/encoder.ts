import { vgg } from '../../src/model/encoders/vgg';

/** VGG13 (Simonyan & Zisserman 2015, table 1, column B): two convolutions in each block. */
export const VGG13 = vgg({ name: 'vgg13', title: 'VGG13', depths: [2, 2, 2, 2, 2] });
