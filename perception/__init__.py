"""What the policy sees: preprocessing, augmentation, convolutional heads, saliency."""
