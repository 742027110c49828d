"""AlexNet in its variants, each a plain PyTorch model. Importing this module imports torch.

Which AlexNet a number belongs to has to be said every time: the variants below differ by up to two per cent.
Source of the sizes: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural
networks" (2012), and for ``torchvision_layers`` Krizhevsky, "One weird trick for parallelizing convolutional neural
networks" (2014) as torchvision builds it.
"""

import torch
from torch import nn

INPUT_SIZE = (3, 227, 227)  # channels, height, width; the paper prints 224, its numbers need 227


class AlexNet(nn.Module):
    """Eight convolutions and pools, a flatten, and the linear layers after it.

    Args:
        features: the layers before the flatten, [N, 3, 227, 227] -> [N, 256, 6, 6].
        classifier: the layers after it, [N, 9216] -> [N, 1000].
    """

    def __init__(self, features, classifier):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(*classifier)

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


def plain(groups=1):
    """Convolutions, max-pools and linear layers only: 62,378,344 parameters in one tower.

    Args:
        groups: 2 cuts conv 2, 4 and 5 in halves, as the paper's two GPUs did: 60,965,224 parameters.
    """
    features = [
        nn.Conv2d(3, 96, kernel_size=11, stride=4),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=groups),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, padding=1),
        nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=groups),
        nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=groups),
        nn.MaxPool2d(kernel_size=3, stride=2),
    ]
    classifier = [nn.Linear(256 * 6 * 6, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
    return AlexNet(features, classifier)


def torchvision_layers():
    """The learned layers of torchvision's ``alexnet``, another network: 64 filters first, 224 pixels, 61,100,840 parameters."""
    features = [
        nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(64, 192, kernel_size=5, padding=2),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(192, 384, kernel_size=3, padding=1),
        nn.Conv2d(384, 256, kernel_size=3, padding=1),
        nn.Conv2d(256, 256, kernel_size=3, padding=1),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.AdaptiveAvgPool2d(6),
    ]
    classifier = [nn.Linear(256 * 6 * 6, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
    return AlexNet(features, classifier)


def complete():
    """The plain network with the ReLU, local response normalisation and dropout that the paper describes."""
    model = plain()
    conv1, pool1, conv2, pool2, conv3, conv4, conv5, pool5 = model.features
    fc6, fc7, fc8 = model.classifier
    features = [conv1, nn.ReLU(), response_norm(), pool1, conv2, nn.ReLU(), response_norm(), pool2]
    features += [conv3, nn.ReLU(), conv4, nn.ReLU(), conv5, nn.ReLU(), pool5]
    return AlexNet(features, [fc6, nn.ReLU(), nn.Dropout(), fc7, nn.ReLU(), nn.Dropout(), fc8])


def response_norm():
    """The paper's local response normalisation. PyTorch divides alpha by size: 5e-4/5 is the paper's 1e-4."""
    return nn.LocalResponseNorm(size=5, alpha=5e-4, beta=0.75, k=2)


def initialise(model):
    """Weights from a normal distribution with deviation 0.01; biases 1 in conv 2, 4 and 5 and in fc 6 and 7, else 0.

    Source: section 5 of the paper. Works on the plain and on the complete network.
    """
    layers = [module for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    conv1, conv2, conv3, conv4, conv5, fc6, fc7, fc8 = layers
    for layer in layers:
        nn.init.normal_(layer.weight, mean=0, std=0.01)
    for layer in (conv1, conv3, fc8):
        nn.init.zeros_(layer.bias)
    for layer in (conv2, conv4, conv5, fc6, fc7):
        nn.init.ones_(layer.bias)
    return model
