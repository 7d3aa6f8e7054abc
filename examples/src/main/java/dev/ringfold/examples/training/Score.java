// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

/**
 * How well a classifier does on some images.
 *
 * @param loss mean cross entropy, natural logarithm
 * @param accuracy part of the images that was recognised, 0 to 1
 */
public record Score(double loss, double accuracy) {}
