# The registry: one ECR repository. This folder is yours: change what you like.
terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # Bucket, key and lock come from registry.tfbackend: terraform init -backend-config=registry.tfbackend
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

resource "aws_ecr_repository" "this" {
  name = var.name

  # A tag means one image for ever: what runs under it cannot be exchanged, and cannot lose its tag.
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

# Images without a tag alone: none of them runs, for tags are immutable and images are pushed with one. A rule that
# counts images would one day take the one that runs. ECR keeps the platforms of an index as long as the index.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Images without a tag expire"
      selection = {
        tagStatus   = "untagged"
        countType   = "sinceImagePushed"
        countUnit   = "days"
        countNumber = var.untagged_days
      }
      action = { type = "expire" }
    }]
  })
}
