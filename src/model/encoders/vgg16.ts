import { vgg } from './vgg';

export const VGG16 = vgg({ name: 'vgg16', title: 'VGG16', depths: [2, 2, 3, 3, 3] });
