// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.util.List;

/** The commands that look inside a store, check it and repair it. */
public final class BuiltinCommands implements CommandProvider {

  /** Made by {@link java.util.ServiceLoader}. */
  public BuiltinCommands() {}

  @Override
  public List<Object> commands() {
    return List.of(
        new InitCommand(),
        new TailCommand(),
        new StatCommand(),
        new VerifyCommand(),
        new RepairCommand(),
        new DoctorCommand(),
        new HealthCommand(),
        new SchemasCommand(),
        new RetainCommand(),
        new BackupCommand(),
        new BackupsCommand(),
        new RestoreCommand(),
        new PositionsCommand(),
        new QueryCommand(),
        new ReportCommand(),
        new ExportCommand(),
        new ImportCommand(),
        new CompactCommand(),
        new ForkCommand(),
        new CheckpointCommand(),
        new StateCommand(),
        new MigrateCommand(),
        new ProjectionsCommand(),
        new DlqCommand(),
        new CallsCommand(),
        new CrashTestCommand(),
        new CompletionCommand());
  }
}
