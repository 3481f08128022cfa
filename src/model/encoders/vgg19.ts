import { vgg } from './vgg';

export const VGG19 = vgg({ name: 'vgg19', title: 'VGG19', depths: [2, 2, 4, 4, 4] });
