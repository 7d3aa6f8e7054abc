// SPDX-License-Identifier: Apache-2.0
/**
 * A variational quantum eigensolver on a quantum computer that charges for every job, loses replies
 * and is killed. {@link dev.ringfold.examples.vqe.VqeExample} runs it; {@link
 * dev.ringfold.examples.vqe.JobSimulator} is the quantum computer.
 */
@org.jspecify.annotations.NullMarked
package dev.ringfold.examples.vqe;
