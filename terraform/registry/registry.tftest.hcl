# Run it with: terraform test. Nothing is made at AWS.
mock_provider "aws" {}

variables {
  name = "acme/web"
}

run "a_tag_cannot_be_moved" {
  command = plan

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "tags must be immutable"
  }
}

run "images_are_scanned" {
  command = plan

  assert {
    condition     = one(aws_ecr_repository.this.image_scanning_configuration).scan_on_push
    error_message = "images must be scanned when they are pushed"
  }
}

run "nothing_with_a_tag_expires" {
  command = plan

  assert {
    condition     = alltrue([for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.tagStatus == "untagged"])
    error_message = "a rule for tagged images may delete the one that runs"
  }
}

run "a_name_that_ecr_refuses_is_refused_here" {
  command = plan

  variables {
    name = "Acme_/web"
  }

  expect_failures = [var.name]
}

run "days_are_whole" {
  command = plan

  variables {
    untagged_days = 0.5
  }

  expect_failures = [var.untagged_days]
}
